import { EXIT } from '../domain/errors.ts';
import { COUNTED, type Overdue, type Stay } from '../domain/expected.ts';
import { lastTried, type NightEnd, offRecord } from '../domain/night.ts';
import { isFullSweep, type Run } from '../domain/run.ts';
import { HOUR, humanDuration, type Instant, MINUTE } from '../domain/time.ts';
import { count } from '../report/formats/html/words.ts';
import { isAtWork, overdueOf, type Signs } from './at-work.ts';
import { DOCTOR, endingOf } from './ending.ts';
import type { ScheduleState } from './ports.ts';
import type { Seen } from './read.ts';
import { roughly, type Times } from './times.ts';

/** `busy`: a sweep is at work. `none`: nothing has run yet. */
export type Tone = 'good' | 'watch' | 'bad' | 'busy' | 'none';

/** Did the last night run, and how did it end. */
export interface Verdict {
  readonly tone: Tone;
  /** The tone in a word, so that colour is never alone. */
  readonly word: string;
  /** For the title of a tab: `closed 177`. */
  readonly short: string;
  readonly sentence: string;
  /** When, how long, by which run; sentences. */
  readonly facts: readonly string[];
  /** What was said of it that is to be read first, or the way to go; null: nothing. */
  readonly todo: string | null;
  /** What somebody has to do, with the whole command; null: nothing. */
  readonly errand: string | null;
}

export interface Watched extends Signs {
  readonly seen: Seen;
  /** The path of the record, as it was given. */
  readonly db: string;
  readonly schedule: ScheduleState | null;
  readonly times: Times;
}

export function verdictOf(watched: Watched): Verdict {
  const { seen, schedule, lastNight, times } = watched;
  const { lastSweep } = seen;
  if (lastSweep?.state === 'running' && isAtWork(lastSweep, watched, seen.now)) {
    return atWork(lastSweep, watched);
  }
  const since = schedule?.runningSince ?? null;
  if (since !== null && (lastSweep === null || lastSweep.startedAt < since)) {
    return atWorkAlready(since, lastSweep, times);
  }
  const off = offRecord(lastNight, lastSweep);
  if (lastNight !== null && off === 'could_not_conclude') return couldNotConclude(lastNight, times);
  const tried = lastTried(lastNight, lastSweep);
  if (tried === null) return nothingYet(watched);
  const overdue = overdueOf(tried, watched, seen.now);
  if (overdue !== null) return didNotRun(tried, overdue, watched);
  if (lastNight !== null && off === 'could_not_begin') return couldNotBegin(lastNight, times);
  return lastSweep === null ? nothingYet(watched) : ended(lastSweep, watched);
}

function atWork(run: Run, { seen, times }: Watched): Verdict {
  const done = Object.values(seen.progress ?? {}).reduce((sum, n) => sum + n, 0);
  const closed = seen.progress?.closed ?? 0;
  const before = seen.runs.find((one) => isFullSweep(one) && one.id < run.id);
  return {
    ...{ tone: 'busy', word: 'At work', short: `at work, ${count(closed)} closed` },
    sentence: `A sweep is at work: ${count(done)} looked at, ${count(closed)} closed so far.`,
    facts: [
      `Run ${run.id} began ${times.when(run.startedAt)}.`,
      ...(before === undefined
        ? []
        : [`The one before closed ${count(before.counts.closed)}, on ${times.when(before.startedAt)}.`]),
    ],
    todo: null,
    errand: null,
  };
}

/** It has no run on record yet. */
function atWorkAlready(since: Instant, before: Run | null, times: Times): Verdict {
  return {
    ...{ tone: 'busy', word: 'At work', short: 'at work' },
    sentence: before === null ? 'The first sweep is at work.' : 'A sweep is at work.',
    facts: [`It began ${times.when(since)}.`],
    todo: null,
    errand: null,
  };
}

function couldNotBegin({ startedAt, message, exitCode }: NightEnd, times: Times): Verdict {
  return {
    ...{ tone: 'bad', word: 'Did not begin', short: 'could not begin' },
    sentence: 'The last sweep could not begin.',
    facts: [`It was to begin ${times.when(startedAt)}; exit code ${exitCode}.`],
    todo: message,
    errand: DOCTOR,
  };
}

/** Its run is on record and was never concluded: the record itself failed it. */
function couldNotConclude({ startedAt, message, exitCode }: NightEnd, times: Times): Verdict {
  return {
    ...{ tone: 'bad', word: 'Failed', short: 'failed' },
    sentence: 'The last sweep failed before its end.',
    facts: [`It began ${times.when(startedAt)}; exit code ${exitCode}.`],
    todo: message,
    errand: DOCTOR,
  };
}

/** Whether there is nothing at all to be seen: the record has just been made, or it is another than was meant. */
export function isBlank({ seen, lastNight }: Pick<Watched, 'seen' | 'lastNight'>): boolean {
  const { hasMappings, runs, asked, events } = seen;
  return !hasMappings && runs.length === 0 && lastNight === null && asked.total + events.waiting === 0;
}

function nothingYet(watched: Watched): Verdict {
  const isScheduled = watched.schedule?.nextAt != null;
  const verdict: Omit<Verdict, 'todo'> = {
    errand: null,
    ...{ tone: 'none', word: 'Not yet', short: 'no sweep yet' },
    sentence: 'No full sweep has run yet.',
    facts: [],
  };
  if (isBlank(watched)) {
    const last = isScheduled
      ? 'the schedule does the rest'
      : 'then run “nightsweep sweep”, every night from cron or a timer';
    return {
      ...verdict,
      facts: [`Nothing is on record in ${watched.db}.`],
      todo: `Begin with “nightsweep import mapping FILE”, or set source; ask “nightsweep doctor” whether all is in place; look at what a sweep would close with “nightsweep sweep --dry-run”; ${last}.`,
    };
  }
  return {
    ...verdict,
    todo: isScheduled
      ? null
      : 'Look at what one would close with “nightsweep sweep --dry-run”; then run “nightsweep sweep”, every night from cron or a timer.',
  };
}

function didNotRun(last: Stay, { firstDueAt: dueAt, nights }: Overdue, watched: Watched): Verdict {
  const { seen, times, schedule, expected } = watched;
  const more = `${nights < COUNTED ? '' : 'at least '}${count(nights - 1)} more`;
  const isLastNight = nights === 1 && isNightly(dueAt, seen.now, times);
  return {
    ...{ tone: 'bad', word: 'Did not run', short: 'did not run' },
    sentence: isLastNight
      ? 'Last night did not run.'
      : `No sweep has run since ${times.when(last.startedAt)}.`,
    facts: [
      `One was due ${times.when(dueAt)}${nights > 1 ? `, and ${more} since` : ''}.`,
      lastOf(last, watched),
    ],
    todo: null,
    errand: `See whether cron, the timer or the server that starts it is still there, and what its log says; then run “nightsweep sweep”.${schedule === null && expected?.everyMs === null ? ' If something else than schedule.cron says when, set expectedEvery.' : ''}`,
  };
}

function lastOf(tried: Stay, { seen: { lastSweep }, lastNight, times }: Watched): string {
  if (tried === lastSweep)
    return `The last one closed ${count(lastSweep.counts.closed)}, on ${times.when(lastSweep.startedAt)}.`;
  return `The last one could not begin, on ${times.when(tried.startedAt)}: ${lastNight?.message}`;
}

function ended(run: Run, watched: Watched): Verdict {
  const { seen, times } = watched;
  const subject = isNightly(run.startedAt, seen.now, times) ? 'Last night' : 'The last sweep';
  const { said, errand = null, isExplained = false, ...ending } = endingOf(run);
  const lasted = run.finishedAt === null ? '' : ` and took ${humanDuration(run.finishedAt - run.startedAt)}`;
  return {
    ...ending,
    ...(ending.tone === 'good' && !seen.hasMappings && NO_MAPPING),
    sentence: `${subject} ${said}${ending.tone === 'good' && !seen.hasMappings ? ': no mapping is on record' : asBefore(run, seen)}.`,
    facts: [
      `Run ${run.id} began ${times.when(run.startedAt)}${lasted}.`,
      ...(run.message === null || isExplained ? [] : [run.message]),
    ],
    todo: isExplained ? run.message : null,
    errand,
  };
}

/** However well it ran: there was nothing that it could have looked at. */
const NO_MAPPING = { tone: 'watch', word: 'Ran, without a mapping', short: 'no mapping' } as const;

/** A night that ends in the same bad way as those before it is said to be one of many. */
function asBefore(run: Run, { runs }: Seen): string {
  if (run.exitCode === null || !BAD.includes(run.exitCode)) return '';
  const nights = runs.filter((one) => isFullSweep(one) && one.id < run.id);
  const other = nights.findIndex(({ exitCode }) => exitCode !== run.exitCode);
  const before = other < 0 ? nights.length : other;
  return before === 0 ? '' : before === 1 ? ', like the one before' : `, like the ${count(before)} before`;
}

const BAD: readonly number[] = [EXIT.refused, EXIT.auth, EXIT.unavailable];

/** Whether people would say `last night` of it. */
function isNightly(at: Instant, now: Instant, { hour }: Times): boolean {
  return now - at < 30 * HOUR && (hour(at) >= 20 || hour(at) < 8);
}

/** When the next sweep is due, in a sentence; null: nobody knows. */
export function nextOf({ seen, schedule, expected, times }: Watched): string | null {
  const { now, lastSweep } = seen;
  if (schedule?.nextAt != null) {
    const { nextAt } = schedule;
    if (nextAt < now - MINUTE) return `The next was to begin ${times.when(nextAt)}, and has not.`;
    return `The next begins ${times.when(nextAt)}, in ${roughly(nextAt - now)}.`;
  }
  if (expected === null) return null;
  const dueAt =
    expected.next?.(now) ?? (lastSweep === null ? now : expected.after(lastSweep.startedAt).dueAt);
  return dueAt > now ? `The next is due ${times.when(dueAt)}, in ${roughly(dueAt - now)}.` : null;
}
