import { EXIT, type ExitCode } from '../../domain/errors.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found and, unless it is ok, what to do. */
  readonly says: string;
  /** The exit code when it failed. */
  readonly exitCode: ExitCode;
  /** A guard will refuse the next night, unless a sweep is begun with this flag first. */
  readonly accept?: '--accept-policy' | '--accept-volume';
}

export const ok = (name: string, says: string): Check => ({ name, status: 'ok', says, exitCode: EXIT.ok });
export const warn = (name: string, says: string): Check => ({
  name,
  status: 'warn',
  says,
  exitCode: EXIT.ok,
});
export const fail = (name: string, says: string, exitCode: ExitCode): Check => ({
  name,
  status: 'fail',
  says,
  exitCode,
});
