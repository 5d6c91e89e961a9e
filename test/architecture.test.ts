import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offences } from './architecture/rules.ts';

const SRC = join(import.meta.dirname, '..', 'src');

describe('the arrows between folders', () => {
  it('hold for every file of src', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(SRC, path), 'utf8') }));

    expect(files.map(({ path }) => path)).toContain('domain/decide.ts');
    expect(offences(files)).toEqual([]);
  });
});

describe('the checker itself', () => {
  const check = (path: string, text: string) => offences([{ path, text }]);

  it.each([
    ['domain/a.ts', "import { x } from '../store/x.ts';", 'store/x.ts: domain may import only domain'],
    ['domain/a.ts', "import { z } from 'zod';", 'zod: domain imports nothing'],
    [
      'sweep/a.ts',
      "import { x } from '../store/x.ts';",
      'store/x.ts: sweep may import only sweep, domain, ports',
    ],
    [
      'sweep/a.ts',
      "import { x } from '../intake/csv.ts';",
      'intake/csv.ts: sweep may import only sweep, domain, ports',
    ],
    [
      'discover/a.ts',
      "import { x } from '../sweep/closer.ts';",
      'sweep/closer.ts: discover may import only discover, domain, sweep/deadline.ts, ports',
    ],
    [
      'report/a.ts',
      "import type { X } from '../sweep/x.ts';",
      'sweep/x.ts: report may import only report, domain, ports',
    ],
    [
      'store/a.ts',
      "import { X } from '../sweep/ports.ts';",
      'sweep/ports.ts: store may import only types from ports',
    ],
    [
      'genesys/a.ts',
      "import { type X, y } from '../sweep/ports.ts';",
      'sweep/ports.ts: genesys may import only types from ports',
    ],
    [
      'genesys/deep/a.ts',
      "import { x } from '../../config/load.ts';",
      'config/load.ts: genesys may import only genesys, domain, ports',
    ],
    [
      'config/a.ts',
      "import { x } from '../genesys/client.ts';",
      'genesys/client.ts: config may import only config, domain, genesys/regions.ts, schedule/cron.ts',
    ],
    [
      'simulator/a.ts',
      "import type { W } from '../genesys/wire.ts';",
      'genesys/wire.ts: simulator may import only simulator, domain',
    ],
    [
      'sweep/ports.ts',
      "import type { X } from './x.ts';",
      'sweep/x.ts: ports may import only domain and ports',
    ],
    ['sweep/a.ts', "import '../store/x.ts';", 'store/x.ts: sweep may import only sweep, domain, ports'],
    [
      'sweep/a.ts',
      "export * from '../store/x.ts';",
      'store/x.ts: sweep may import only sweep, domain, ports',
    ],
    [
      'sweep/a.ts',
      "export { x } from '../cli/x.ts';",
      'cli/x.ts: sweep may import only sweep, domain, ports',
    ],
    [
      'sweep/a.ts',
      "const x = await import('../store/x.ts');",
      'store/x.ts: sweep may import only sweep, domain, ports',
    ],
    [
      'sweep/a.ts',
      "type X = import('../store/x.ts').X;",
      'store/x.ts: sweep may import only sweep, domain, ports',
    ],
    ['sweep/a.ts', 'const x = await import(name);', '(computed): what it imports cannot be told'],
    ['cli/a.ts', "const x = require('../store/x.ts');", '(computed): what it imports cannot be told'],
    ['novel/a.ts', "import '../domain/x.ts';", 'domain/x.ts: there is no rule for the folder novel yet'],
    ['index.ts', "import './domain/x.ts';", 'domain/x.ts: there is no rule for the folder src yet'],
    ['sweep/a.ts', 'const e = process.env.HOME;', 'process: only cli and config know it'],
    ['sweep/a.ts', 'const { env } = process;', 'process: only cli and config know it'],
    ['sweep/a.ts', 'const e = globalThis.process;', 'process: only cli and config know it'],
    ['genesys/a.ts', "import { env } from 'node:process';", 'process: only cli and config know it'],
    ['store/a.ts', 'const t = Date.now();', 'Date.now: only cli and config know it'],
    ['store/a.ts', 'const clock = Date.now;', 'Date.now: only cli and config know it'],
    ['store/a.ts', 'const t = new Date();', 'new Date(): only cli and config know it'],
    ['genesys/a.ts', 'const r = [`a`, Math.random()];', 'Math.random: only cli and config know it'],
    ['cli/a.ts', "console.log('x');", 'console: nothing writes to it'],
  ])('in %s finds %s', (path, text, offence) => {
    expect(check(path, text)).toEqual([`${path}:1 → ${offence}`]);
  });

  it.each([
    ['domain/a.ts', "import { x } from './x.ts';"],
    ['sweep/a.ts', "import { x } from '../intake/ports.ts';"],
    ['store/a.ts', "import type { X } from '../sweep/ports.ts';"],
    ['genesys/a.ts', "import { type X, type Y } from '../sweep/ports.ts';"],
    ['genesys/a.ts', "export type { X } from '../sweep/ports.ts';"],
    ['config/a.ts', "import { x } from '../genesys/regions.ts';"],
    ['report/ports.ts', "import type { X } from '../sweep/ports.ts';"],
    ['cli/compose.ts', "import { x } from '../store/x.ts'; const now = Date.now(); process.exit(0);"],
    ['sweep/a.ts', "const at = new Date(now).toISOString(); const s = 'process.env'; job.process();"],
    ['sweep/a.ts', '// process.env, console.log\nconst quote = /[\'"`]/; const o = { process: 1 };'],
  ])('in %s has nothing against %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it('names the line', () => {
    expect(check('store/a.ts', '\n\n\nDate.now();')).toEqual([
      'store/a.ts:4 → Date.now: only cli and config know it',
    ]);
  });

  it('finds folders that import each other, and leaves ports out of it', () => {
    const files = [
      { path: 'config/a.ts', text: "import '../domain/x.ts';" },
      { path: 'domain/a.ts', text: "import '../sweep/x.ts';" },
      { path: 'sweep/a.ts', text: "import '../config/x.ts';" },
      { path: 'intake/a.ts', text: "import '../report/ports.ts';" },
      { path: 'report/a.ts', text: "import '../intake/ports.ts';" },
    ];
    expect(offences(files).filter((offence) => offence.startsWith('folders'))).toEqual([
      'folders in a circle: config → domain → sweep → config',
    ]);
  });
});
