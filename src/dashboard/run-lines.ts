import { EXIT } from '../domain/errors.ts';
import { type Run, troubleOf } from '../domain/run.ts';
import { plural } from '../report/formats/html/words.ts';
import type { Tone } from './verdict.ts';

/** One run, or several batches of the background one after the other. */
export interface RunLine {
  /** The newest of them. */
  readonly run: Run;
  readonly n: number;
  readonly what: string;
  readonly tone: Tone;
  /** How it ended, in words. */
  readonly end: string;
  /** Of the one that ended like this. */
  readonly exitCode: number | null;
  readonly closed: number;
  readonly kept: number;
  /** Failed, unconfirmed or expired. */
  readonly trouble: number;
  readonly left: number;
}

const ENDS: Readonly<Record<number, readonly [Tone, string]>> = {
  [EXIT.ok]: ['good', 'done'],
  [EXIT.incomplete]: ['watch', 'with trouble'],
  [EXIT.auth]: ['bad', 'not let in'],
  [EXIT.refused]: ['bad', 'refused by a guard'],
  [EXIT.workLeft]: ['watch', 'work left'],
  [EXIT.unavailable]: ['bad', 'stopped'],
  [EXIT.database]: ['bad', 'database'],
  [EXIT.interrupted]: ['bad', 'interrupted'],
  [EXIT.terminated]: ['bad', 'interrupted'],
};

/** The newest runs; batches of the background that follow one another are one line. */
export function runLines(runs: readonly Run[], isAtWork: (run: Run) => boolean, most: number): RunLine[] {
  const lines: RunLine[] = [];
  for (const run of runs) {
    const line = lineOf(run, isAtWork);
    const last = lines.at(-1);
    if (last !== undefined && isBatch(run) && isBatch(last.run) && run.state !== 'running') {
      lines[lines.length - 1] = together(last, line);
    } else if (lines.length === most) break;
    else lines.push(line);
  }
  return lines;
}

function isBatch({ kind }: Run): boolean {
  return kind === 'webhook';
}

function lineOf(run: Run, isAtWork: (run: Run) => boolean): RunLine {
  const { counts } = run;
  const [tone, end] = endOf(run, isAtWork);
  return {
    ...{ run, n: 1, what: whatOf(run), tone, end, exitCode: run.exitCode },
    closed: run.dryRun ? counts.wouldClose : counts.closed,
    kept: counts.kept,
    trouble: troubleOf(counts),
    left: counts.left,
  };
}

function endOf(run: Run, isAtWork: (run: Run) => boolean): readonly [Tone, string] {
  if (run.state === 'running') return isAtWork(run) ? ['busy', 'at work'] : ['bad', 'died'];
  if (run.exitCode === null) return ['bad', 'interrupted'];
  return ENDS[run.exitCode] ?? ['bad', 'failed'];
}

function whatOf({ kind, scope, dryRun }: Run): string {
  if (kind === 'webhook') return 'batch in the background';
  const name = kind === 'close' ? 'close' : scope === 'full' ? 'sweep' : `${scope} sweep`;
  return dryRun ? `dry ${name}` : name;
}

const WORST: readonly Tone[] = ['bad', 'watch', 'busy', 'good'];

function together(newer: RunLine, older: RunLine): RunLine {
  const worse = WORST.indexOf(older.tone) < WORST.indexOf(newer.tone) ? older : newer;
  const n = newer.n + older.n;
  return {
    run: newer.run,
    n,
    what: plural(n, 'batch in the background', 'batches in the background'),
    tone: worse.tone,
    end: worse.end,
    exitCode: worse.exitCode,
    closed: newer.closed + older.closed,
    kept: newer.kept + older.kept,
    trouble: newer.trouble + older.trouble,
    left: newer.left,
  };
}
