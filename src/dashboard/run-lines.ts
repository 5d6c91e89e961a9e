import { EXIT } from '../domain/errors.ts';
import type { NightEnd } from '../domain/night.ts';
import { type Run, troubleOf } from '../domain/run.ts';
import type { Instant } from '../domain/time.ts';
import { plural } from '../report/formats/html/words.ts';
import type { Seen } from './read.ts';
import type { Tone } from './verdict.ts';

/** One run, several batches of the background one after the other, or a night that could not begin. */
export interface RunLine {
  /** Of the newest of them; null: it has no run on record. */
  readonly id: number | null;
  readonly startedAt: Instant;
  /** Null: it has not ended, or it is several. */
  readonly tookMs: number | null;
  readonly isBatch: boolean;
  readonly isDry: boolean;
  readonly n: number;
  readonly what: string;
  readonly tone: Tone;
  /** How it ended, in words. */
  readonly end: string;
  /** Of the one that ended like this. */
  readonly exitCode: number | null;
  /** What it has said; null: nothing, or it is several. */
  readonly message: string | null;
  /** So far, where it has not ended; null: nobody knows. */
  readonly closed: number | null;
  readonly kept: number | null;
  /** Failed, unconfirmed or expired. */
  readonly trouble: number | null;
  readonly left: number | null;
}

/** What there is to know of the runs; the newest first. */
type Recorded = Pick<Seen, 'runs' | 'lastSweep' | 'progress'>;

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
export function runLines(recorded: Recorded, isAtWork: (run: Run) => boolean, most: number): RunLine[] {
  const lines: RunLine[] = [];
  for (const run of recorded.runs) {
    const line = lineOf(run, isAtWork, recorded);
    const last = lines.at(-1);
    if (last?.isBatch && line.isBatch && run.state !== 'running') {
      lines[lines.length - 1] = together(last, line);
    } else if (lines.length === most) break;
    else lines.push(line);
  }
  return lines;
}

/**
 * Where a night that could not begin, and so has no run, stands among them.
 *
 * @param lines the newest first
 */
export function withUnrecorded(lines: readonly RunLine[], night: NightEnd): RunLine[] {
  const line: RunLine = {
    ...{ id: null, startedAt: night.startedAt, tookMs: null, isBatch: false, isDry: false, n: 1 },
    ...{ what: 'sweep', tone: 'bad', end: 'could not begin', exitCode: night.exitCode },
    ...{ message: night.message, ...NO_FIGURES },
  };
  const at = lines.findIndex(({ startedAt }) => startedAt < night.startedAt);
  return at < 0 ? [...lines, line] : [...lines.slice(0, at), line, ...lines.slice(at)];
}

function lineOf(run: Run, isAtWork: (run: Run) => boolean, recorded: Recorded): RunLine {
  const [tone, end] = endOf(run, isAtWork);
  return {
    ...{ id: run.id, startedAt: run.startedAt, n: 1, what: whatOf(run), tone, end, exitCode: run.exitCode },
    tookMs: run.finishedAt === null ? null : run.finishedAt - run.startedAt,
    ...{ isBatch: run.kind === 'webhook', isDry: run.dryRun, message: run.message },
    ...(run.state === 'running' ? soFar(run, recorded) : countsOf(run)),
  };
}

type Figures = Pick<RunLine, 'closed' | 'kept' | 'trouble' | 'left'>;

const NO_FIGURES: Figures = { closed: null, kept: null, trouble: null, left: null };

function countsOf({ counts, dryRun }: Run): Figures {
  return {
    closed: dryRun ? counts.wouldClose : counts.closed,
    kept: counts.kept,
    trouble: troubleOf(counts),
    left: counts.left,
  };
}

/** The counts of a run are on record when it has ended; until then there is what it has recorded one by one. */
function soFar(run: Run, { lastSweep, progress }: Recorded): Figures {
  if (progress === null || run.id !== lastSweep?.id) {
    return NO_FIGURES;
  }
  const { closed = 0, kept = 0, failed = 0, unconfirmed = 0, expired = 0 } = progress;
  return { closed, kept, trouble: troubleOf({ failed, unconfirmed, expired }), left: null };
}

function endOf(run: Run, isAtWork: (run: Run) => boolean): readonly [Tone, string] {
  if (run.state === 'running') return isAtWork(run) ? ['busy', 'at work'] : ['bad', 'died'];
  if (run.exitCode === null) return ['bad', 'interrupted'];
  const [tone, end] = ENDS[run.exitCode] ?? (['bad', 'failed'] as const);
  // It has closed nothing: it must not look like a night that ran.
  return run.dryRun && tone === 'good' ? ['none', end] : [tone, end];
}

function whatOf({ kind, scope, dryRun }: Run): string {
  if (kind === 'webhook') return 'batch in the background';
  const name = kind === 'close' ? 'close' : scope === 'full' ? 'sweep' : `${scope} sweep`;
  return dryRun ? `dry ${name}` : name;
}

const WORST: readonly Tone[] = ['bad', 'watch', 'busy', 'none', 'good'];

function together(newer: RunLine, older: RunLine): RunLine {
  const worse = WORST.indexOf(older.tone) < WORST.indexOf(newer.tone) ? older : newer;
  const n = newer.n + older.n;
  return {
    ...newer,
    ...{ n, tookMs: null, message: null },
    what: plural(n, 'batch in the background', 'batches in the background'),
    tone: worse.tone,
    end: worse.end,
    exitCode: worse.exitCode,
    closed: sum(newer.closed, older.closed),
    kept: sum(newer.kept, older.kept),
    trouble: sum(newer.trouble, older.trouble),
  };
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : one + other;
}
