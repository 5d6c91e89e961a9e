import type { OutcomeKind } from '../domain/outcome.ts';
import { type Instant, toIso } from '../domain/time.ts';
import type { History, RecordedOutcome, SettledRequest } from './ports.ts';

/** One thing that happened to a conversation, in plain words; equal outcomes one after the other are one. */
export interface TimelineEvent {
  readonly at: Instant;
  /** The last time, where several outcomes were folded into one; else null. */
  readonly until: Instant | null;
  readonly kind:
    | 'started'
    | 'mapped'
    | 'our_activity'
    | 'requested'
    | 'settled'
    | 'outcome'
    | 'intended'
    | 'rests'
    | 'hold_ends'
    | 'pruned';
  /** Those that recorded it, oldest first; empty for what no run did. */
  readonly runs: readonly number[];
  readonly dryRun: boolean;
  readonly text: string;
}

/** Everything that is on record about one conversation, oldest first; what a hold or rest holds back is last. */
export function timelineOf(history: History, now: Instant): TimelineEvent[] {
  const events = [...ours(history, now), ...asked(history), ...folded(looksOf(history)), ...pruned(history)];
  // Stable: what happened in one moment stays in the order in which it was recorded.
  return events.sort((a, b) => a.at - b.at);
}

/** Whether anything at all names it. */
export function isRecorded({ mapping, requests, outcomes, intendedAt }: History): boolean {
  return mapping !== null || requests.length + outcomes.length > 0 || intendedAt !== null;
}

function plain(kind: TimelineEvent['kind'], at: Instant | null, text: string): TimelineEvent[] {
  return at === null ? [] : [{ at, until: null, kind, runs: [], dryRun: false, text }];
}

function ours({ mapping, mappedAt, source, intendedAt, outcomes }: History, now: Instant): TimelineEvent[] {
  if (mapping === null) return intended(intendedAt);
  const { sessionId, startedAt, lastActivityAt, holdUntil, restsUntil } = mapping;
  const trouble = outcomes.findLast(
    ({ dryRun, outcome }) => !dryRun && ['unconfirmed', 'failed'].includes(outcome),
  );
  return [
    ...plain('started', startedAt, `session ${sessionId} began`),
    ...plain('mapped', mappedAt, `mapped to that session (${source ?? 'unknown source'})`),
    ...plain('our_activity', lastActivityAt, 'our side was last active'),
    ...intended(intendedAt),
    ...plain(
      'hold_ends',
      holdUntil,
      holdUntil !== null && holdUntil > now ? 'its hold ends' : 'its hold ended',
    ),
    ...(restsUntil === null
      ? []
      : plain(
          'rests',
          trouble?.decidedAt ?? restsUntil,
          `it rests until ${toIso(restsUntil)}: it could not be closed three nights running`,
        )),
  ];
}

function intended(at: Instant | null): TimelineEvent[] {
  return plain('intended', at, 'a close was about to be sent; what became of it is not known yet');
}

function asked({ requests, outcomes }: History): TimelineEvent[] {
  return requests.flatMap((request) => {
    const { requestedAt, origin, reason, force, settledAt, outcome } = request;
    const how = `${force ? ', whoever is active' : ''}${reason === null ? '' : ` (${reason})`}`;
    const answered = outcomes.some((one) => answers(one, request));
    return [
      ...plain('requested', requestedAt, `its close was asked for by ${origin}${how}`),
      ...(answered
        ? []
        : plain(
            'settled',
            settledAt,
            `the request by ${origin} was settled: ${words(outcome ?? 'unknown')}`,
          )),
    ];
  });
}

function answers({ dryRun, decidedAt, outcome }: RecordedOutcome, request: SettledRequest): boolean {
  return !dryRun && request.settledAt === decidedAt && request.outcome === outcome;
}

/** One outcome, with what tells it apart from others that look alike. */
interface Look {
  readonly outcome: RecordedOutcome;
  /** It was alive although it had ended. */
  readonly cameBack: boolean;
  readonly answered: SettledRequest | null;
}

const NO_NEWS: readonly OutcomeKind[] = ['not_attempted', 'expired', 'failed'];
const ENDS: readonly OutcomeKind[] = ['closed', 'already_closed'];

function looksOf({ outcomes, requests }: History): Look[] {
  let hadEnded = false;
  return outcomes.map((outcome) => {
    const answered = requests.find((request) => answers(outcome, request)) ?? null;
    const cameBack = hadEnded && outcome.remoteStatus === 'active' && !ENDS.includes(outcome.outcome);
    if (!outcome.dryRun && !NO_NEWS.includes(outcome.outcome)) hadEnded = ENDS.includes(outcome.outcome);
    return { outcome, cameBack, answered };
  });
}

function folded(looks: readonly Look[]): TimelineEvent[] {
  const groups: [Look, ...Look[]][] = [];
  for (const look of looks) {
    const group = groups.at(-1);
    if (
      group !== undefined &&
      group[0].outcome.decidedAt <= look.outcome.decidedAt &&
      alike(group[0], look)
    ) {
      group.push(look);
    } else groups.push([look]);
  }
  return groups.map(eventOf);
}

/** One that came back, and one that answers somebody, stand for themselves. */
function alike(a: Look, b: Look): boolean {
  const same = (['outcome', 'reason', 'dryRun', 'httpStatus', 'errorCode'] as const).every(
    (key) => a.outcome[key] === b.outcome[key],
  );
  return same && !a.cameBack && !b.cameBack && a.answered === null && b.answered === null;
}

function eventOf(group: readonly [Look, ...Look[]]): TimelineEvent {
  const [{ outcome: first, cameBack, answered }] = group;
  const { outcome: last } = group.at(-1) ?? group[0];
  const runs = group.map(({ outcome }) => outcome.runId);
  const what = `${words(first.outcome)}${first.reason === null ? '' : ` (${first.reason})`}`;
  const dry = first.dryRun ? 'dry ' : '';
  const head =
    group.length === 1
      ? `${dry}run ${first.runId}: ${what}`
      : `${what} in ${group.length} ${dry}runs (${runs[0]} to ${runs.at(-1)}) until ${toIso(last.decidedAt)}`;
  const found = [
    ...(cameBack && !isTold(first) ? ['it was alive again'] : []),
    ...(last.detail === null ? [] : [group.length === 1 ? last.detail : `the last time: ${last.detail}`]),
    ...(answered === null ? [] : [`this answered the request by ${answered.origin}`]),
    ...trouble(last),
  ];
  return {
    at: first.decidedAt,
    until: group.length === 1 ? null : last.decidedAt,
    kind: 'outcome',
    runs,
    dryRun: first.dryRun,
    text: found.length === 0 ? head : `${head}: ${found.join('; ')}`,
  };
}

/** The run that closed it itself says so when it finds it reopened. */
function isTold({ detail }: RecordedOutcome): boolean {
  return detail?.startsWith('reopened') === true;
}

function trouble({ outcome, httpStatus, errorCode, correlationId }: RecordedOutcome): string[] {
  if (outcome !== 'failed' && outcome !== 'unconfirmed') return [];
  return [
    ...(httpStatus === null ? [] : [`status ${httpStatus}`]),
    ...(errorCode === null ? [] : [errorCode]),
    ...(correlationId === null ? [] : [`correlation id ${correlationId}`]),
  ];
}

/** Where outcomes may be missing: it was there before what is left of the record begins. */
function pruned({ detailSince, mapping, mappedAt, requests }: History): TimelineEvent[] {
  const known = [mapping?.startedAt, mappedAt, requests[0]?.requestedAt].filter((at) => at != null);
  if (detailSince === null || !known.some((at) => at < detailSince)) return [];
  return plain(
    'pruned',
    detailSince,
    'outcomes before this day were pruned: what was decided then is counted in reports only',
  );
}

function words(outcome: string): string {
  return outcome.replaceAll('_', ' ');
}
