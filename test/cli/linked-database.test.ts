import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { T0, tempDir } from '../store/fixtures.ts';
import { runMain } from './running.ts';

/** A folder with a database, another one with a link to it, and somebody who is told of the nights of both. */
async function aLinkedDatabase() {
  const [cwd, elsewhere] = [tempDir(), tempDir()];
  openStore(join(elsewhere, 'real.db'), { mode: 'create', now: T0 }).close();
  symlinkSync(join(elsewhere, 'real.db'), join(cwd, 'link.db'));
  const { url, received } = await scriptedServer(() => ({ body: 'OK' }));
  const env = { NIGHTSWEEP_NOTIFY_WEBHOOK_URL: `${url}/hook` };
  const run = (...argv: string[]) => runMain(argv, { cwd, env });
  return { cwd, run, received, link: 'link.db', real: join(elsewhere, 'real.db') };
}

it('a database takes what comes by way of a link to it', async () => {
  const { cwd, run, link, real } = await aLinkedDatabase();
  const row = 'abc,0c1d2e3f-4a5d-4e6f-8a9b-3f2b8c1e4a5b,2026-11-01T00:00:00Z';
  writeFileSync(join(cwd, 'm.csv'), `session_id,conversation_id,started_at\n${row}\n`);
  expect(await run('import', 'mapping', 'm.csv', '--db', link)).toMatchObject({ code: 0 });
  const { stdout } = await run('db', 'status', '--json', '--db', real);
  expect(JSON.parse(stdout)).toMatchObject({ overview: { mappings: { open: 1 } } });
});

it('a night by way of a link is known to who goes by the real path', async () => {
  const { cwd, run, received, link, real } = await aLinkedDatabase();
  // Without credentials it cannot begin, and is on no record.
  expect(await run('sweep', '--db', link)).toMatchObject({ code: 2 });
  const { stdout } = await run('doctor', '--json', '--db', real);
  expect(JSON.parse(stdout).checks).toContainEqual({
    name: 'last sweep',
    status: 'warn',
    says: expect.stringMatching(/^could not begin .*, exit 2: The credentials/),
  });
  expect(await run('sweep', '--db', real)).toMatchObject({ code: 2 });
  const befores = received.map(({ body }) => JSON.parse(body).data.night.before?.exitCode ?? null);
  expect(befores).toEqual([null, 2]);
  expect(readdirSync(cwd)).toEqual(['link.db']);
});
