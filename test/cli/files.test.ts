import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { demandNoDatabase, growingFile, newFile, outputFile, write } from '../../src/cli/files.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { openStore } from '../../src/store/store.ts';
import { asNobody, giveToNobody } from '../helpers/as-nobody.ts';
import { T0, tempDir } from '../store/fixtures.ts';
import { createIo, runMain } from './running.ts';

/** A folder with a database, and the process that stands in it. */
function aFolder() {
  const cwd = tempDir();
  const database = join(cwd, 'n.db');
  openStore(database, { mode: 'create', now: T0 }).close();
  return { cwd, database, io: createIo([], { cwd }) };
}

describe('a file to write to', () => {
  it.each(['n.db', './n.db', 'link.csv', 'n.db-wal', 'n.db-shm', 'n.db-lock', 'n.db-journal'])(
    'is never a database, or a part of one: %s',
    (name) => {
      const { cwd, database, io } = aFolder();
      symlinkSync(database, join(cwd, 'link.csv'));
      expect(() => outputFile(io, name)).toThrow(/is a database; name another|belongs to the database/);
    },
  );

  it('is not one of its parts that is not there yet either', () => {
    const { io } = aFolder();
    expect(() => newFile(io, 'n.db-wal')).toThrow('belongs to the database');
  });

  it('keeps report and simulate from replacing the record, which is left as it was', async () => {
    const { cwd, database } = aFolder();
    const before = readFileSync(database);
    for (const argv of [
      ['report', '--db', 'n.db', '--out', 'n.db'],
      ['simulate', '--port', '0', '--mapping', 'n.db'],
    ]) {
      expect(await runMain(argv, { cwd })).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is a database'),
      });
    }
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('is replaced as a whole, private, by way of a file beside it', async () => {
    const { cwd, io } = aFolder();
    writeFileSync(join(cwd, 'r.csv'), 'old', { mode: 0o666 });
    await write(outputFile(io, 'r.csv'), 'new', { replace: true });
    expect(readFileSync(join(cwd, 'r.csv'), 'utf8')).toBe('new');
    expect(statSync(join(cwd, 'r.csv')).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd).sort()).toEqual(['n.db', 'r.csv']);
  });

  it('takes its name when it is on the disk, and not before', async () => {
    const { cwd } = aFolder();
    const path = join(cwd, 'r.csv');
    const probe = await open(path, 'w');
    const handle: FileHandle = Object.getPrototypeOf(probe);
    await probe.close();
    const { sync } = handle;
    const seen: string[] = [];
    vi.spyOn(handle, 'sync').mockImplementation(function (this: FileHandle) {
      const partial = readdirSync(cwd).find((name) => name.endsWith('.partial')) ?? 'r.csv';
      seen.push(readFileSync(path, 'utf8'), readFileSync(join(cwd, partial), 'utf8'));
      return sync.call(this);
    });
    await write(path, 'new', { replace: true });
    expect(seen).toEqual(['', 'new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('is never written through what somebody has put in the place of the unfinished one', async () => {
    const { cwd, io } = aFolder();
    writeFileSync(join(cwd, 'precious'), 'as it was');
    for (const name of ['r.prom.partial', `r.prom.${io.pid}.partial`]) {
      symlinkSync('precious', join(cwd, name));
    }
    await write(join(cwd, 'r.prom'), 'new', { replace: true });
    await expect(write(join(cwd, 'r.prom.partial'), 'x', { replace: false })).rejects.toThrow('(EEXIST)');
    expect(readFileSync(join(cwd, 'precious'), 'utf8')).toBe('as it was');
    expect(readFileSync(join(cwd, 'r.prom'), 'utf8')).toBe('new');
  });

  it('that is a device is written to and stays one', async () => {
    const { io } = aFolder();
    await write(outputFile(io, '/dev/null'), 'text', { replace: true });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const { cwd } = aFolder();
    const path = join(cwd, 'gone', 'r.csv');
    await expect(write(path, 'text', { replace: true })).rejects.toThrow('cannot be written (ENOENT)');
    await expect(write(join(cwd, 'n.db'), 'text', { replace: false })).rejects.toThrow('(EEXIST)');
    expect(statSync(join(cwd, 'n.db')).size).toBeGreaterThan(1_000);
  });
});

describe('a place that cannot be looked at', () => {
  it.each<[string, string, (cwd: string) => void]>([
    [
      'closed/in/r.prom',
      'EACCES',
      (cwd) => {
        mkdirSync(join(cwd, 'closed'), { mode: 0 });
        onTestFinished(() => chmodSync(join(cwd, 'closed'), 0o700));
      },
    ],
    ['unreadable.prom', 'EACCES', (cwd) => writeFileSync(join(cwd, 'unreadable.prom'), 'x', { mode: 0 })],
    ['loop/r.prom', 'ELOOP', (cwd) => symlinkSync('loop', join(cwd, 'loop'))],
    ['loop.prom', 'ELOOP', (cwd) => symlinkSync('loop.prom', join(cwd, 'loop.prom'))],
  ])('%s (%s) is a wrong setting', (name, code, make) => {
    const { cwd, io } = aFolder();
    make(cwd);
    giveToNobody(cwd);
    const look = () => asNobody(() => outputFile(io, name));
    expect(look).toThrow(UsageError);
    expect(look).toThrow(`${name} cannot be looked at (${code}); see to the rights`);
  });

  it('ends a sweep before anything is asked, in one sentence', async () => {
    const { cwd } = aFolder();
    symlinkSync('loop', join(cwd, 'loop'));
    const ended = await runMain(['sweep', '--db', 'n.db', '--metrics-file', 'loop/r.prom'], { cwd });
    expect(ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nightsweep: loop\/r\.prom cannot be looked at \(ELOOP\)[^\n]+\.\n$/),
    });
  });
});

describe('a file that grows', () => {
  it('is there under its name only when it is complete, private', () => {
    const { cwd, io } = aFolder();
    const path = join(cwd, 'bad.csv');
    writeFileSync(`${path}.partial`, 'left by one that was killed', { mode: 0o666 });
    const file = growingFile(newFile(io, 'bad.csv'));
    file.write('one\n');
    file.write('two\n');
    expect(existsSync(path)).toBe(false);
    expect(file.finish()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.partial`)).toBe(false);
    file.discard();
    expect(existsSync(path)).toBe(true);
  });

  it('is not there at all when nothing was written, or when it was given up', () => {
    const { cwd, io } = aFolder();
    expect(growingFile(newFile(io, 'bad.csv')).finish()).toBe(false);
    const file = growingFile(newFile(io, 'bad.csv'));
    file.write('one\n');
    file.discard();
    expect(readdirSync(cwd)).toEqual(['n.db']);
  });

  it('does not replace what has come in its place meanwhile', () => {
    const { cwd, io } = aFolder();
    const path = join(cwd, 'bad.csv');
    const file = growingFile(newFile(io, 'bad.csv'));
    file.write('ours');
    writeFileSync(path, 'theirs');
    expect(() => file.finish()).toThrow('exists by now');
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readFileSync(`${path}.partial`, 'utf8')).toBe('ours');
  });

  it('says when it cannot be written', () => {
    const { cwd } = aFolder();
    expect(() => growingFile(join(cwd, 'gone', 'bad.csv')).write('x')).toThrow('cannot be written (ENOENT)');
  });

  it('is never the database that is only to be created', () => {
    const { cwd } = aFolder();
    const own = join(cwd, 'new.db');
    expect(() => demandNoDatabase(own, 'new.db', own)).toThrow('is the database');
    expect(() => demandNoDatabase(`${own}-wal`, 'new.db-wal', own)).toThrow('belongs to the database');
  });
});

it('a secret file that never ends is not read to its end', async () => {
  const { cwd } = aFolder();
  const env = { GENESYS_CLIENT_ID: 'c', GENESYS_CLIENT_SECRET_FILE: '/dev/zero' };
  const { stdout } = await runMain(['doctor', '--db', 'n.db'], { cwd, env });
  expect(stdout).toContain('EFBIG');
});
