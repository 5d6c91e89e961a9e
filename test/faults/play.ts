import { ExpectedError } from '../../src/domain/errors.ts';
import { DAY, HOUR, SECOND } from '../../src/domain/time.ts';
import type { ConversationRecord } from '../../src/simulator/record.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type How, inShort, mappingOf, type Night, night } from '../sweep/night.ts';
import { type EndHarm, type Harm, type Operation, refuse, spoil, type Times } from './harm.ts';

/** What became of the conversation that the harm was done to. */
export interface Played {
  /** Outcome and reason, or {@link NOTHING}, or {@link INTENT}. */
  readonly outcome: string;
  readonly exit: number;
  readonly patches: number;
  /** What the next run, which nothing disturbs, records of it. */
  readonly next: string;
  /** Everything that must never be, in sentences. */
  readonly wrong: readonly string[];
}

/** Nothing is recorded of it. */
export const NOTHING = '–';
/** The intent stays, for the next run to find out what became of the close. */
export const INTENT = 'intent';

const SUBJECT = idOf(1);
const FRESH = idOf(2);
const HELD = idOf(3);
const NEVER_TO_BE_CLOSED = [FRESH, HELD];

/** No query is ever made for it: the resolver turns down a label of more than 63 characters. */
const NO_HOST = `http://${'x'.repeat(64)}.test`;

/** Closes that show at once; where a verification is wanted, only after a while. */
const SHOWS_LATE = { kind: 'delayed', ms: SECOND / 2 } as const;

/** The subject is stale, or for a survey has ended; the others must be left alone. */
function world(operation: Operation): ConversationRecord[] {
  return [
    operation === 'survey'
      ? conversation(1, 'abandoned', 3 * DAY)
      : conversation(1, 'waiting_in_queue', 3 * DAY),
    conversation(2, 'agent_customer_waiting', HOUR),
    conversation(3, 'waiting_in_queue', 2 * DAY),
  ];
}

/** A night with one thing wrong, and the next one without. */
export async function play(harm: Harm, operation: Operation, times: Times): Promise<Played> {
  const cleanUps: (() => Promise<void> | void)[] = [];
  try {
    return await playOn(harm, operation, times, (cleanUp) => cleanUps.push(cleanUp));
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function playOn(
  harm: Harm,
  operation: Operation,
  times: Times,
  atEnd: (cleanUp: () => Promise<void> | void) => void,
): Promise<Played> {
  const conversations = world(operation);
  const skewMs = typeof harm === 'object' && 'skewMs' in harm ? harm.skewMs : 0;
  const n = await night(
    {
      conversations,
      // Our own side knows nothing of what the fresh one's customer has written since.
      mapping: conversations.map((one) => ({
        ...mappingOf(one),
        lastActivityAt: null,
        startedAt: one.startedAt - DAY,
      })),
      simulator: {
        clockSkewMs: skewMs,
        ...(operation === 'verify' && { closeEffect: SHOWS_LATE }),
      },
    },
    atEnd,
  );
  n.store.holds.hold([HELD], n.clock.now() + 30 * DAY, n.clock.now());
  const survey = operation === 'survey';

  const { exit, done } = await firstNight(n, harm, operation, times);
  const first = n.outcomes(SUBJECT);
  const patches = closesOf(n, SUBJECT);
  const hasIntent = n.store.ledger.intents().some(({ conversationId }) => conversationId === SUBJECT);
  const wrong = falseFailures(n);
  if (done === 0) wrong.push('no harm was done');

  setClockRight(n, skewMs);
  await n.later(HOUR);
  const second = await n.sweep({ survey });
  if (second.exitCode !== 0) wrong.push(`the next run ended with ${second.exitCode}: ${second.message}`);
  for (const id of NEVER_TO_BE_CLOSED) {
    if (closesOf(n, id) > 0) wrong.push(`${id} was to be left alone, and a close was sent`);
  }
  for (const { conversationId } of n.store.ledger.intents())
    wrong.push(`an intent is left for ${conversationId}`);
  wrong.push(...n.agreement());
  const later = n.outcomes(SUBJECT).slice(first.length);
  return {
    outcome: hasIntent ? INTENT : story(first),
    exit,
    patches,
    next: story(later),
    wrong,
  };
}

function story(outcomes: ReturnType<Night['outcomes']>): string {
  const byAnalytics = (detail: string | null) => (detail?.startsWith('by analytics') ? ' by analytics' : '');
  return outcomes.map((one) => inShort(one) + byAnalytics(one.detail)).join(', ') || NOTHING;
}

/** It was ours that was wrong: what has happened over there has happened when it did. */
function setClockRight(n: Night, skewMs: number): void {
  n.clock.jump(skewMs);
  n.simulator.setClock(0);
}

const closesOf = (n: Night, id: string) =>
  n.simulator.log.filter(({ route, conversationId }) => route === 'close' && conversationId === id).length;

/** Its exit code, and to how many requests harm was done, as far as it is done to single ones. */
async function firstNight(n: Night, harm: Harm, operation: Operation, times: Times) {
  const urls: How = {};
  let endHarm: EndHarm = async () => Number.NaN;
  if (harm === 'dns')
    Object.assign(urls, operation === 'token' ? { loginUrl: NO_HOST } : { apiUrl: NO_HOST });
  else if (harm === 'refused') endHarm = await refuse(n, operation, times);
  else if ('fault' in harm) endHarm = spoil(n, harm, operation, times, SUBJECT);
  // By policy nothing is closed then.
  else if (operation === 'close' || operation === 'verify') n.request([SUBJECT]);
  // One after the other where the whole remote side goes away, so that it is known for which request; and where nobody is
  // answered any more, since whoever is still answered among them is one more reason to go on.
  const concurrency = harm === 'refused' || times === 'always' ? 1 : 10;
  try {
    const { exitCode } = await n.sweep({ survey: operation === 'survey', concurrency }, urls);
    return { exit: exitCode as number, done: await endHarm() };
  } catch (error) {
    if (error instanceof ExpectedError) return { exit: error.exitCode as number, done: await endHarm() };
    throw error;
  }
}

/** Where a PATCH may have been carried out, nobody may say that the close failed. */
function falseFailures(n: Night): string[] {
  const certain = [400, 401, 403, 404, 409, 429];
  return n.world
    .list()
    .filter(({ id }) => n.outcomes(id).some(({ outcome }) => outcome === 'failed'))
    .filter(({ id }) =>
      n.simulator.log.some(
        ({ route, conversationId, status }) =>
          route === 'close' && conversationId === id && !certain.includes(status ?? 0),
      ),
    )
    .map(({ id }) => `${id} is recorded as failed, though its close may have been carried out`);
}
