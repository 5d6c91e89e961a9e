import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../src/cli/processes.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';

it('a process is that of a run only when it began before', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid as number;
  const now = Date.now();
  expect(isAlive(pid, now, now)).toBe(true);
  expect(isAlive(pid, now + HOUR, now)).toBe(true);
  // Another process had that number then, or the machine has been started anew.
  if (process.platform === 'linux') expect(isAlive(pid, now - 2 * MINUTE, now)).toBe(false);
  expect(isAlive(pid, now - 3_650 * DAY, now)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(pid, now, now)).toBe(false);
});
