import { EXIT, ExpectedError } from '../../domain/errors.ts';
import { COUNTED, type Expected, type Overdue, overdueSince } from '../../domain/expected.ts';
import { policyWidened } from '../../domain/guard.ts';
import { lastTried, offRecord } from '../../domain/night.ts';
import type { Run } from '../../domain/run.ts';
import { counted } from '../../domain/text.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import { createLease } from '../../store/lease.ts';
import type { Store } from '../../store/store.ts';
import { holder } from '../../sweep/take-lease.ts';
import type { Context } from '../command.ts';
import { databasePath, openRecord } from '../compose.ts';
import { expectedNights } from '../expected.ts';
import { readLastNight } from '../last-night.ts';
import { lifeOf } from '../life.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { examineSource } from './source.ts';

/** Database, lease and last night, and the source, which has been read as far as the database says. */
export async function examineRecord(context: Context): Promise<Check[]> {
  let store: Store;
  try {
    store = openRecord(context, 'read');
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return [fail('database', error.message, error.exitCode)];
  }
  try {
    return [
      database(context, store),
      lease(context, store),
      await lastNight(context, store),
      ...policy(context, store),
      ...resting(context, store),
      ...(await examineSource(context, store)),
    ];
  } finally {
    store.close();
  }
}

function database(context: Context, store: Store): Check {
  const { mappings, pendingRequests, onHold, intents } = store.report.overview(context.io.clock.now());
  const says = `${counted(mappings.open, 'open mapping')}, ${onHold} on hold, ${counted(pendingRequests, 'close request')} pending`;
  if (intents > 0) {
    return warn(
      'database',
      `${says}; the next sweep finds out what became of ${counted(intents, 'interrupted close')}`,
    );
  }
  return mappings.open + pendingRequests === 0
    ? warn('database', `${says}: there is nothing to sweep; import a mapping`)
    : ok('database', says);
}

/** Whether the next night will be refused for what the settings are now. */
function policy(context: Context, store: Store): Check[] {
  const [baseline] = store.runs.baselines(1);
  const refusal = policyWidened(baseline?.policy ?? null, context.config().config.policy);
  if (refusal === null) return [];
  const says = `the next night will be refused: ${refusal.sentence.replace(/\.$/, '')}`;
  return [{ ...warn('policy', says), accept: '--accept-policy' }];
}

/** How many are named; the others follow when these have been reported. */
const NAMED = 5;

/** What somebody has to look at: more nights will not close it. */
function resting(context: Context, store: Store): Check[] {
  const { total, items } = store.report.resting(context.io.clock.now(), NAMED);
  if (total === 0) return [];
  const named = items.map(({ conversationId, outcome, httpStatus, correlationId }) => {
    const how = httpStatus === 403 ? 'forbidden' : outcome;
    return `${conversationId} (${how}${correlationId === null ? '' : `, correlation id ${correlationId}`})`;
  });
  const more = total > NAMED ? ` and ${total - NAMED} more` : '';
  return [
    warn(
      'resting',
      `${total} could not be closed three nights running and ${total === 1 ? 'is' : 'are'} tried once a week; where it is forbidden grant the permission in their division, else report them to Genesys: ${named.join(', ')}${more}`,
    ),
  ];
}

function lease(context: Context, store: Store): Check {
  const release = createLease(databasePath(context)).acquire();
  if (release === null) return ok('lease', `held by ${holder(store.runs)}`);
  release();
  return ok('lease', 'free');
}

async function lastNight(context: Context, store: Store): Promise<Check> {
  const now = context.io.clock.now();
  const last = store.dashboard.lastSweep();
  const life = last?.state === 'running' ? lifeOf(last, context.io, false) : null;
  // What failed while a sweep is known to be at work was another's night.
  const night = life === 'alive' ? null : readLastNight(databasePath(context));
  const off = offRecord(night, last);
  const tried = lastTried(night, last);
  if (tried === null) return warn('last sweep', 'no full one yet; begin with nightsweep sweep --dry-run');
  const run = `run ${last?.id}`;
  const ago = (at: Instant) => `${humanDuration(now - at)} ago (${toIso(at)})`;
  if (life === 'dead' && off === null) {
    return warn('last sweep', `${run}, ${ago(tried.startedAt)}, died; the next one recovers what it left`);
  }
  const says =
    night !== null && off !== null
      ? `${off === 'could_not_begin' ? 'could not begin' : `${run}, could not tell its end`} ${ago(night.startedAt)}, exit ${night.exitCode}: ${night.message}`
      : `${run}, ${ago(tried.startedAt)}: ${howOf(last)}`;
  const expected = life === 'alive' ? null : await expectedNights(context);
  const overdue = expected && overdueSince(expected, tried, now);
  if (expected !== null && overdue !== null) {
    return warn('last sweep', `${says}; ${inWords(overdue, expected)}, so see whether ${STARTERS} is there`);
  }
  if (off !== null) return warn('last sweep', says);
  if (tried.exitCode === EXIT.refused) {
    const message = last?.message ?? 'a guard refused';
    const check = warn('last sweep', `${says}: ${message}`);
    return message.includes('--accept-volume') ? { ...check, accept: '--accept-volume' } : check;
  }
  const fine = tried.exitCode === EXIT.ok || last?.state === 'running';
  return fine ? ok('last sweep', says) : warn('last sweep', `${says}; see nightsweep runs ${last?.id}`);
}

const STARTERS = 'cron, the timer or the server that begins it';

function howOf(last: Run | null): string {
  return last?.state === 'running' ? 'running' : `${last?.state}, exit ${last?.exitCode ?? 'open'}`;
}

/** `4 were due since, the first 2026-11-25T01:30:00.000Z (schedule.cron, …)` */
function inWords({ nights, firstDueAt }: Overdue, { everyMs }: Expected): string {
  const several = nights > 1;
  const many = nights < COUNTED ? nights : `at least ${COUNTED}`;
  const due =
    everyMs === null
      ? `${several ? 'the first ' : ''}${toIso(firstDueAt)} (schedule.cron, or set expectedEvery)`
      : `${several ? 'one ' : ''}every ${humanDuration(everyMs)} (expectedEvery)`;
  return `${several ? `${many} were due since,` : 'one was due'} ${due}`;
}
