import { sourceOf } from '../domain/close-request.ts';
import type { Expected } from '../domain/expected.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import { noRequests, type Run } from '../domain/run.ts';
import { DAY, type Instant } from '../domain/time.ts';
import { calendarOf } from '../report/calendar.ts';
import { figures } from '../report/figures.ts';
import { startOfDay } from '../report/period.ts';
import type { OutcomeRow } from '../report/ports.ts';
import { LISTED, type Report } from '../report/report.ts';
import { isAtWork, type Signs } from './at-work.ts';
import type { Asked, DashboardStore, EventFigures, Held, OpenKey, OpenStretch } from './ports.ts';

/** Days of figures; whole weeks, so that weekdays can be compared. */
export const DAYS = 28;
/** What failed longer ago is either settled or resting. */
export const FAILURE_DAYS = 14;
/** Rows of one step: some ms. */
const STEP = 1_000;
/** Nights of one step: some ms where the times of each have to be found. */
const NIGHTS = 30;
/** More than are shown, since batches of requests are folded. */
const RUNS = 200;
const SHOWN = 5;

/** Everything on record that is to be seen, as of about one moment. */
export interface Seen {
  readonly now: Instant;
  /** Of the last {@link DAYS} days. Closes have no detail in it: nothing is said of idleness, reopened ones, capacity. */
  readonly report: Report;
  /** Without any, a sweep has nothing to look at. */
  readonly hasMappings: boolean;
  readonly lastSweep: Run | null;
  /** What the newest full sweep has recorded so far, if it has not ended. */
  readonly progress: Readonly<Partial<Record<OutcomeKind, number>>> | null;
  /** Newest first. */
  readonly runs: readonly Run[];
  /** Those that end first. */
  readonly held: readonly Held[];
  readonly asked: AskedFigures;
  readonly events: EventFigures;
}

export interface AskedFigures {
  readonly total: number;
  /** The oldest of them. */
  readonly first: readonly Asked[];
  /** The most frequent first; a list without its lines. */
  readonly origins: readonly { readonly origin: string; readonly n: number }[];
}

export interface Question extends Signs {
  readonly now: Instant;
  readonly timeZone: string;
  readonly staleAfterMs: number;
}

/** Runs one short read; between two of them others have their turn. */
export type Step = <T>(fn: () => T) => Promise<T>;

/** Reads in short steps, so not as of one moment: what runs meanwhile may be in one figure and not yet in another. */
export async function readSeen(store: DashboardStore, question: Question, step: Step): Promise<Seen> {
  const { now, timeZone, staleAfterMs, expected } = question;
  const since = firstOf(DAYS, question);
  const lastSweep = await step(store.lastSweep);
  const runs = await step(() => store.runs(RUNS));
  const sweeps = await step(() => store.sweeps(since));
  const firstSweepAt = await step(store.firstSweepAt);
  const hasMappings = await step(store.hasMappings);
  const isRunning = lastSweep !== null && lastSweep.state === 'running';
  const atWork = isRunning && isAtWork(lastSweep, question, now) ? lastSweep.id : null;
  if (expected !== null) await walk(expected, sweeps[0]?.startedAt ?? now, now, step);
  const progress = isRunning ? await step(() => store.progress(lastSweep.id)) : null;
  const asked = await readAsked(store, step);
  const waiting = await readOpen(store, question, step);
  const outcomes = await readSums(store, since, now, step);
  const failures = await step(() => store.failures(firstOf(FAILURE_DAYS, question), now, LISTED));
  const resting = await step(() => store.resting(now, LISTED));
  const events = await step(() => store.events(now - DAY));
  const report = figures(
    {
      outcomes,
      totalsBefore: [],
      runs: {
        ...{ sweeps, firstSweepAt, requests: noRequests(), dryRequests: 0, unfinished: [] },
        firstRunAt: runs.at(-1)?.startedAt ?? null,
      },
      backlog: {
        ...{ due: waiting.due, onHold: waiting.onHold, staleAfterMs },
        oldestMs: waiting.oldestAt === null ? null : now - waiting.oldestAt,
        resting: resting.total,
        pendingRequests: asked.total,
      },
      failures,
      resting,
      detailSince: null,
    },
    { since, until: now, now, timeZone, by: 'day', expected, atWork },
  );
  return { now, report, hasMappings, lastSweep, progress, runs, held: waiting.held, asked, events };
}

/** The first moment of so many days, today among them. */
function firstOf(days: number, { now, timeZone }: Question): Instant {
  return startOfDay(calendarOf(timeZone).day(now - (days - 1) * DAY), timeZone);
}

/** Times of a schedule are found one after the other, and then known. */
async function walk(expected: Expected, from: Instant, now: Instant, step: Step): Promise<void> {
  for (let at = from; at < now; ) {
    at = await step(() => {
      let reached = at;
      for (let n = 0; n < NIGHTS && reached < now; n++) reached = expected.after(reached).dueAt;
      return reached;
    });
  }
}

async function readSums(
  store: DashboardStore,
  since: Instant,
  until: Instant,
  step: Step,
): Promise<OutcomeRow[]> {
  const rows: OutcomeRow[] = [];
  for (let at = since; at < until; at += DAY) {
    const day = await step(() => store.sums(at, Math.min(at + DAY, until)));
    for (const { slotAt, ...sum } of day) rows.push({ ...sum, decidedAt: slotAt, close: null });
  }
  return rows;
}

async function readOpen(store: DashboardStore, { now, staleAfterMs }: Question, step: Step) {
  let [due, onHold, oldestAt, held]: [number, number, Instant | null, Held[]] = [0, 0, null, []];
  let from: OpenKey | null = null;
  do {
    const at: OpenKey | null = from;
    const stretch: OpenStretch = await step(() => store.open(at, staleAfterMs, now, STEP));
    if (stretch.onHold > 0) held = held.concat(await step(() => store.held(at, now, STEP, SHOWN)));
    due += stretch.due;
    onHold += stretch.onHold;
    oldestAt ??= stretch.oldestAt;
    from = stretch.next;
  } while (from !== null);
  return { due, onHold, oldestAt, held: held.sort((a, b) => a.holdUntil - b.holdUntil).slice(0, SHOWN) };
}

async function readAsked(store: DashboardStore, step: Step): Promise<AskedFigures> {
  const origins = new Map<string, number>();
  let [total, first, afterId]: [number, readonly Asked[], number | null] = [0, [], 0];
  while (afterId !== null) {
    const from: number = afterId;
    const rows = await step(() => store.asked(from, STEP));
    for (const { origin } of rows) {
      const source = sourceOf(origin);
      origins.set(source, (origins.get(source) ?? 0) + 1);
    }
    total += rows.length;
    first = [...first, ...rows].sort((a, b) => a.requestedAt - b.requestedAt).slice(0, SHOWN);
    afterId = rows.length < STEP ? null : (rows.at(-1)?.id ?? null);
  }
  const byCount = [...origins].map(([origin, n]) => ({ origin, n })).sort((a, b) => b.n - a.n);
  return { total, first, origins: byCount };
}
