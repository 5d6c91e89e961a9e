import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { createLease } from '../../src/store/lease.ts';
import { tempDir } from './fixtures.ts';

/** Takes the lease here, for the length of the test at most. */
function acquire(path: string): (() => void) | null {
  const release = createLease(path).acquire();
  if (release !== null) onTestFinished(release);
  return release;
}

/** Another process that has told that it holds the lease. */
async function otherHolder(path: string): Promise<ChildProcess> {
  const lease = new URL('../../src/store/lease.ts', import.meta.url);
  const script = `
    import { createLease } from '${lease}';
    globalThis.release = createLease('${path}').acquire();
    process.stdout.write(globalThis.release === null ? 'refused' : 'held');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [told] = await once(child.stdout, 'data');
  expect(String(told)).toBe('held');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('the lease', () => {
  it('has one holder, and another after it was given back', () => {
    const path = join(tempDir(), 'x.db');
    const release = acquire(path);
    expect(release).not.toBeNull();
    expect(acquire(path)).toBeNull();
    // A refused attempt must not have loosened the first one.
    expect(acquire(path)).toBeNull();
    release?.();
    expect(acquire(path)).not.toBeNull();
  });

  it('giving back twice does not take it from the next holder', () => {
    const path = join(tempDir(), 'x.db');
    const release = acquire(path);
    release?.();
    const next = acquire(path);
    release?.();
    expect(next).not.toBeNull();
    expect(acquire(path)).toBeNull();
  });

  it('of two databases are two', () => {
    const dir = tempDir();
    expect(acquire(join(dir, 'a.db'))).not.toBeNull();
    expect(acquire(join(dir, 'b.db'))).not.toBeNull();
  });

  it('is the same by every name of the database', () => {
    const dir = tempDir();
    const path = join(dir, 'x.db');
    writeFileSync(path, '');
    symlinkSync(path, join(dir, 'link.db'));
    expect(acquire(path)).not.toBeNull();
    expect(acquire(join(dir, 'link.db'))).toBeNull();
  });

  it('is a file for the owner only', () => {
    const path = join(tempDir(), 'x.db');
    const before = process.umask(0);
    acquire(path);
    process.umask(before);
    expect((statSync(`${path}-lock`).mode & 0o777).toString(8)).toBe('600');
  });

  it('held by another process is refused here, kept while that is stopped, and freed by its death', async () => {
    const path = join(tempDir(), 'x.db');
    const child = await otherHolder(path);
    expect(acquire(path)).toBeNull();

    child.kill('SIGSTOP');
    while (
      !execFileSync('ps', ['-o', 'state=', '-p', String(child.pid)], { encoding: 'utf8' }).startsWith('T')
    );
    expect(acquire(path)).toBeNull();

    await killed(child);
    expect(acquire(path)).not.toBeNull();
  });

  it('survives a refused attempt of its own process while another process tries', async () => {
    const path = join(tempDir(), 'x.db');
    const child = await otherHolder(path);
    await killed(child);
    expect(acquire(path)).not.toBeNull();
    expect(acquire(path)).toBeNull();
    await expect(otherHolder(path)).rejects.toThrow("expected 'refused' to be 'held'");
  });

  it('is held until it is given back or its file is another, and not before it is acquired', () => {
    const path = join(tempDir(), 'x.db');
    const lease = createLease(path);
    expect(() => lease.demandHeld()).toThrow('not acquired');
    const release = lease.acquire();
    expect(() => lease.demandHeld()).not.toThrow();
    // Another acquires what was deleted, and both would close.
    rmSync(`${path}-lock`);
    expect(() => lease.demandHeld()).toThrow(DatabaseError);
    expect(acquire(path)).not.toBeNull();
    expect(() => lease.demandHeld()).toThrow(`The lock ${path}-lock was removed or replaced`);
    release?.();
    expect(() => lease.demandHeld()).toThrow('not acquired');
  });

  it('that was given back late does not loosen what was acquired since', () => {
    const lease = createLease(join(tempDir(), 'x.db'));
    const first = lease.acquire();
    first?.();
    const second = lease.acquire();
    first?.();
    expect(() => lease.demandHeld()).not.toThrow();
    second?.();
  });

  it('anything but a lock is an error, not a refusal', () => {
    const path = join(tempDir(), 'x.db');
    mkdirSync(`${path}-lock`);
    expect(() => acquire(path)).toThrow(DatabaseError);
  });

  it('a lock file that is no lock file is an error too', () => {
    const path = join(tempDir(), 'x.db');
    writeFileSync(`${path}-lock`, 'what is this doing here? '.repeat(100));
    expect(() => acquire(path)).toThrow(DatabaseError);
    expect(() => acquire(path)).toThrow(`${path}-lock`);
  });
});
