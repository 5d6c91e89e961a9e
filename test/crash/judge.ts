import type { OutcomeKind } from '../../src/domain/outcome.ts';
import type { AccountEntry } from '../../src/simulator/account.ts';
import { disagreements } from '../../src/simulator/agreement.ts';
import type { OutcomeRow, Recorded, RequestRow } from './record.ts';

/** Outcomes that tell nothing new of the conversation, and leave what is known of it as it was. */
const NO_NEWS = ['failed', 'not_attempted', 'expired'];
/** After these a request stays pending, for the next run to try again. */
const UNSETTLED = ['failed', 'not_attempted', 'unconfirmed'];
/** An end answers everybody who asked for one. */
const ENDS = ['closed', 'already_closed', 'not_found'];

/**
 * What is wrong with a record at any moment, also one at which somebody died: damage, a close that is on record and did
 * not happen or happened and is not, and whatever had been there before and is there no more.
 *
 * @param before the record as it was when it was last looked at; null: it was not
 */
export function judge(
  record: Recorded,
  account: readonly AccountEntry[],
  before: Recorded | null = null,
): string[] {
  return [
    ...record.damage,
    ...account.flatMap((entry) => judgeCloses(entry, record)),
    ...record.requests.flatMap((request) => judgeSettled(request, record.outcomes)),
    ...(before === null ? [] : lost(before, record)),
  ];
}

/** What is wrong with a record after a run that came to its end: besides the above, whatever is left in mid-air. */
export function judgeEnd(
  record: Recorded,
  account: readonly AccountEntry[],
  before: Recorded | null = null,
): string[] {
  const states = new Map(record.mappings.map(({ conversation_id, state }) => [conversation_id, state]));
  const ids = new Set([...states.keys(), ...record.outcomes.map((one) => one.conversation_id)]);
  return [
    ...judge(record, account, before),
    ...record.intents.map(({ conversation_id }) => `${conversation_id}: its intent is left`),
    ...record.runs.filter(({ state }) => state === 'running').map(({ id }) => `run ${id} is still running`),
    ...record.requests.flatMap((request) => judgePending(request, record.outcomes)),
    ...disagreements(
      account,
      [...ids].map((id) => ({
        conversationId: id,
        mappingState: states.get(id) ?? null,
        outcomes: record.outcomes
          .filter((one) => one.conversation_id === id)
          .map(({ outcome }) => outcome as OutcomeKind),
      })),
    ),
  ];
}

function judgeCloses({ id, effectivePatches }: AccountEntry, { outcomes, intents }: Recorded): string[] {
  const own = outcomes.filter((one) => one.conversation_id === id).map(({ outcome }) => outcome);
  const closes = own.filter((outcome) => outcome === 'closed').length;
  if (closes > effectivePatches) {
    return [`${id}: recorded as closed ${closes} times, and closed by us ${effectivePatches} times`];
  }
  const intended = intents.some(({ conversation_id }) => conversation_id === id);
  const unconfirmed = own.findLast((outcome) => !NO_NEWS.includes(outcome)) === 'unconfirmed';
  const open = intended || unconfirmed ? 1 : 0;
  return effectivePatches > closes + open
    ? [`${id}: closed by us ${effectivePatches} times, recorded ${closes} times, and no intent is left`]
    : [];
}

function judgeSettled(request: RequestRow, outcomes: readonly OutcomeRow[]): string[] {
  const { id, conversation_id, origin, requested_at, settled_at } = request;
  if (settled_at === null) return [];
  const answers = outcomes.filter(
    (one) =>
      one.conversation_id === conversation_id &&
      one.decided_at === settled_at &&
      one.outcome === request.outcome &&
      (ENDS.includes(one.outcome) || (one.origin === origin && one.decided_at >= requested_at)),
  );
  return answers.length === 1
    ? []
    : [`request ${id} is settled as ${request.outcome} by ${answers.length} outcomes of ${conversation_id}`];
}

function judgePending(
  { id, conversation_id, settled_at, ...request }: RequestRow,
  outcomes: readonly OutcomeRow[],
) {
  if (settled_at !== null) return [];
  const last = outcomes.findLast((one) => one.conversation_id === conversation_id);
  return last !== undefined && UNSETTLED.includes(last.outcome) && last.origin === request.origin
    ? []
    : [`request ${id} for ${conversation_id} is pending, and its last outcome is ${last?.outcome ?? 'none'}`];
}

/** Outcomes are for ever; a request is until it is settled, and from then on as it is. */
function lost(before: Recorded, now: Recorded): string[] {
  const outcomes = new Set(now.outcomes.map((row) => JSON.stringify(row)));
  const requests = new Map(now.requests.map((row) => [row.id, row]));
  const runs = new Set(now.runs.map(({ id }) => id));
  return [
    ...before.outcomes
      .filter((row) => !outcomes.has(JSON.stringify(row)))
      .map(({ id, conversation_id }) => `outcome ${id} of ${conversation_id} is lost`),
    ...before.requests
      .filter((row) => {
        const found = requests.get(row.id);
        return row.settled_at === null
          ? found?.conversation_id !== row.conversation_id
          : JSON.stringify(found) !== JSON.stringify(row);
      })
      .map(({ id, conversation_id }) => `request ${id} for ${conversation_id} is lost or was changed`),
    ...before.runs.filter(({ id }) => !runs.has(id)).map(({ id }) => `run ${id} is lost`),
  ];
}
