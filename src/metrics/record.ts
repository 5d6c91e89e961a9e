import { Registry } from 'prom-client';
import { type Counts, isBaseline } from '../domain/run.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Night } from '../night/ports.ts';
import type { OF_RECORD } from './catalogue.ts';
import { counter, gauge } from './instruments.ts';
import { allOutcomeLabels, outcomeLabels } from './labels.ts';
import type { EndedSweep, RecordFigures } from './ports.ts';

/** The counts of a run that no outcome stands for. */
const COUNTS: readonly (keyof Counts)[] = [
  'candidates',
  'surveyed',
  'inspected',
  'requested',
  'recovered',
  'reopened',
  'resting',
  'left',
];

/** A night that could not begin, and so is on no record. */
export type Unrecorded = Pick<Night, 'startedAt' | 'finishedAt' | 'exitCode'>;

/**
 * The metrics of the record as text. What there has never been is left out, so that `absent()` tells.
 *
 * @param unrecorded tells its begin and its end in the place of the last run that was concluded, if it came later
 */
export function recordText(
  figures: RecordFigures,
  requestMaxAgeMs: number,
  unrecorded: Unrecorded | null = null,
): Promise<string> {
  const registry = new Registry();
  const set = (name: keyof typeof OF_RECORD, value: number | null) => {
    if (value !== null) gauge(registry, name).set(value);
  };
  const { now, lastStartedAt, lastEnded, succeededAt } = figures;
  const later =
    unrecorded !== null && unrecorded.finishedAt > (lastEnded?.finishedAt ?? 0) ? unrecorded : null;
  const startedAt = Math.max(later?.startedAt ?? 0, lastStartedAt ?? 0);
  set('nightsweep_last_start_timestamp_seconds', startedAt === 0 ? null : seconds(startedAt));
  const end = later ?? lastEnded;
  if (end !== null) setEnd(set, end);
  if (lastEnded !== null) setLast(registry, lastEnded);
  set('nightsweep_last_success_timestamp_seconds', seconds(succeededAt));
  setTotals(registry, figures);
  set('nightsweep_backlog_conversations', figures.due);
  set('nightsweep_oldest_active_age_seconds', age(now, figures.oldestOpenAt));
  set('nightsweep_held_conversations', figures.onHold);
  set('nightsweep_resting_conversations', figures.resting);
  set('nightsweep_pending_close_requests', figures.requests.n);
  set('nightsweep_oldest_pending_close_request_age_seconds', age(now, figures.requests.oldestAt));
  set('nightsweep_close_request_max_age_seconds', requestMaxAgeMs / SECOND);
  set('nightsweep_pending_events', figures.events.n);
  set('nightsweep_oldest_pending_event_age_seconds', age(now, figures.events.oldestAt));
  set('nightsweep_intents', figures.intents);
  return registry.metrics();
}

/** Those few metrics that a night itself tells: one that could not begin is not on record. */
export function nightText({ startedAt, finishedAt, exitCode, report }: Night): Promise<string> {
  const registry = new Registry();
  const set: Set = (name, value) => {
    if (value !== null) gauge(registry, name).set(value);
  };
  set('nightsweep_last_start_timestamp_seconds', seconds(startedAt));
  setEnd(set, { startedAt, finishedAt, exitCode });
  if (report !== null && isBaseline({ ...report.run, dryRun: false, exitCode })) {
    set('nightsweep_last_success_timestamp_seconds', seconds(finishedAt));
  }
  return registry.metrics();
}

/** That a night has begun, and no more. */
export function startText(startedAt: Instant): Promise<string> {
  const registry = new Registry();
  gauge(registry, 'nightsweep_last_start_timestamp_seconds').set(startedAt / SECOND);
  return registry.metrics();
}

type Set = (name: keyof typeof OF_RECORD, value: number | null) => void;

function setEnd(
  set: Set,
  { startedAt, finishedAt, exitCode }: Pick<EndedSweep, 'startedAt' | 'finishedAt' | 'exitCode'>,
): void {
  set('nightsweep_last_end_timestamp_seconds', seconds(finishedAt));
  set('nightsweep_last_duration_seconds', Math.max(0, finishedAt - startedAt) / SECOND);
  set('nightsweep_last_exit_code', exitCode);
}

function setLast(registry: Registry, { counts, outcomes }: EndedSweep): void {
  const byCount = gauge(registry, 'nightsweep_last_conversations');
  for (const count of COUNTS) byCount.set({ count }, counts[count]);
  const byOutcome = gauge(registry, 'nightsweep_last_outcomes');
  for (const labels of allOutcomeLabels()) byOutcome.set({ ...labels }, 0);
  for (const { outcome, reason, n } of outcomes) byOutcome.inc({ ...outcomeLabels(outcome, reason) }, n);
}

function setTotals(
  registry: Registry,
  { outcomes, reopened }: Pick<RecordFigures, 'outcomes' | 'reopened'>,
): void {
  const totals = counter(registry, 'nightsweep_outcomes_total');
  for (const labels of allOutcomeLabels()) totals.inc({ ...labels }, 0);
  for (const { outcome, reason, n } of outcomes) totals.inc({ ...outcomeLabels(outcome, reason) }, n);
  counter(registry, 'nightsweep_reopened_total').inc(reopened);
}

function seconds(at: Instant): number;
function seconds(at: Instant | null): number | null;
function seconds(at: Instant | null): number | null {
  return at === null ? null : at / SECOND;
}

/** A clock that was set back makes nothing younger than nothing. */
function age(now: Instant, since: Instant | null): number {
  return since === null ? 0 : Math.max(0, now - since) / SECOND;
}
