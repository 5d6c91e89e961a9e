import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src/domain/errors.ts';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import {
  type CloseEffect,
  CONVERSATION_KINDS,
  type ConversationRecord,
  isActive,
} from '../../src/simulator/record.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type Night, night } from './night.ts';

const RUNS = 40;

/** What can happen to a conversation in between; `hold` and `own` happen on our own side. */
const EVENTS = ['touch', 'end', 'revive', 'hold', 'own'] as const;
type Event = (typeof EVENTS)[number];

/** An end by its own timer, after a close that did not show, could not be told from that close. */
const KINDS = CONVERSATION_KINDS.filter((kind) => kind !== 'own_timer');

const EFFECTS: readonly CloseEffect[] = [
  { kind: 'reply' },
  { kind: 'reply' },
  { kind: 'delayed', ms: 2 * SECOND },
  { kind: 'delayed', ms: 10 * MINUTE },
  { kind: 'never' },
];

/** `late`: carried out after our time-out. */
const FAULTS: readonly (Fault | 'late')[] = [
  'reset_before',
  'reset_after',
  '500',
  '502',
  '503',
  '504',
  '408',
  '401',
  { kind: '429', retryAfter: '1' },
  'html_200',
  'truncated_json',
  'empty_body',
  'late',
];
/** After these a close may have been carried out although no answer says so. */
const LOSES_THE_ANSWER = ['reset_before', 'reset_after', '500', '502', '503', '504', '408', 'late'];

const NO_NEWS = ['failed', 'not_attempted', 'expired'];

const sometimes = <T>(values: readonly T[], oneIn: number) =>
  fc.oneof(
    { weight: oneIn - 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );

const conversationPlan = fc.record({
  kind: fc.constantFrom(...KINDS, 'waiting_in_queue' as const, 'with_bot' as const),
  idleHours: fc.constantFrom(2, 20, 26, 50, 100),
  effect: fc.constantFrom(...EFFECTS),
  requested: fc.boolean(),
  /** What happens just before it is read for the nth time. */
  atRead: fc.array(sometimes(EVENTS, 5), { maxLength: 6 }),
  endsBeforeClose: fc.boolean(),
});
type ConversationPlan = typeof conversationPlan extends fc.Arbitrary<infer T> ? T : never;

const nightPlan = fc.record({
  /** What goes wrong with the nth request. */
  faults: fc.array(sometimes(FAULTS, 4), { maxLength: 40 }),
  hoursAfter: fc.integer({ min: 6, max: 18 }),
  between: fc.array(sometimes(['touch', 'end', 'revive'] as const, 3), { minLength: 8, maxLength: 8 }),
});

/** What the last read of this run has shown. */
interface Proof {
  readonly active: boolean;
  readonly mayBeClosed: boolean;
}

function lastActivityOf(record: ConversationRecord): number {
  return Math.max(
    ...record.participants.flatMap(({ startedAt, messageTimes }) => [startedAt, ...messageTimes]),
  );
}

/** One world with its plan; finds every breach of the rules. */
class Model {
  readonly breaches: string[] = [];
  readonly #n: Night;
  readonly #contract: 'platform' | 'gateway';
  readonly #plans: Map<string, ConversationPlan>;
  readonly #proofs = new Map<string, Proof>();
  readonly #reads = new Map<string, number>();
  readonly #revivals = new Map<string, number>();
  /** Somebody on our side looks after it: it does not end by itself any more. */
  readonly #cared = new Set<string>();

  constructor(n: Night, contract: 'platform' | 'gateway', plans: readonly ConversationPlan[]) {
    this.#n = n;
    this.#contract = contract;
    this.#plans = new Map(plans.map((plan, i) => [idOf(i + 1), plan]));
  }

  /** One run under these faults. */
  async sweep(faults: readonly (Fault | 'late' | null)[]): Promise<number> {
    this.#proofs.clear();
    let requests = 0;
    this.#n.simulator.intercept(async ({ route, conversationId: id }) => {
      const fault = faults[requests++] ?? null;
      if (id !== null && route === 'read') this.#beforeRead(id, fault !== null);
      if (id !== null && route === 'close') this.#beforeClose(id, fault);
      if (fault === 'late') await this.#n.park(16 * SECOND);
      return fault === 'late' ? null : fault;
    });
    try {
      return (await this.#n.sweep()).exitCode;
    } catch (error) {
      // A fault met the token: such a run does not begin.
      if (error instanceof ExpectedError) return error.exitCode;
      throw error;
    }
  }

  /** Lets it happen where it can, and where the record could ever tell it from a close of ours. */
  happen(id: string, event: Event): void {
    const { world, clock, user, store } = this.#n;
    const record = world.get(id);
    if (record === null) return;
    const active = isActive(record);
    const last = store.report.history(id).outcomes.findLast(({ outcome }) => !NO_NEWS.includes(outcome));
    const open = store.report.history(id).intendedAt !== null || last?.outcome === 'unconfirmed';
    const set = (column: string, at: number) => {
      user.prepare(`UPDATE mappings SET ${column} = ? WHERE conversation_id = ?`).run(toIso(at), id);
      this.#cared.add(id);
    };
    if (event === 'touch' && active) world.touch(id, 'customer', clock.now());
    if (event === 'end' && active && !open && !this.#cared.has(id)) world.endByItself(id, clock.now());
    if (event === 'revive' && !active && !open) {
      world.revive(id, clock.now());
      this.#revivals.set(id, (this.#revivals.get(id) ?? 0) + 1);
    }
    if (event === 'hold' && active) set('hold_until', clock.now() + 100 * DAY);
    if (event === 'own' && active) set('last_activity_at', clock.now());
  }

  #beforeRead(id: string, spoiled: boolean): void {
    const nth = this.#reads.get(id) ?? 0;
    this.#reads.set(id, nth + 1);
    const event = this.#plans.get(id)?.atRead[nth] ?? null;
    if (event !== null) this.happen(id, event);
    const record = this.#n.world.get(id);
    if (spoiled || record === null) return;
    const mapping = this.#n.mapping(id);
    const now = this.#n.clock.now();
    const own = mapping?.lastActivityAt ?? null;
    // The gateway contract tells nothing of the remote side; what came back from its end has then no known activity.
    const cameBack = mapping?.state === 'closed' && (own ?? 0) <= (mapping.stateAt ?? 0);
    const unknown = Number.POSITIVE_INFINITY;
    const activity =
      this.#contract === 'platform'
        ? Math.max(lastActivityOf(record), own ?? 0)
        : cameBack || own === null
          ? unknown
          : own;
    const request = this.#n.requests(id).find(({ settledAt }) => settledAt === null);
    const wanted =
      request === undefined ? activity <= now - DAY : activity <= request.requestedAt || activity === unknown;
    const held = (mapping?.holdUntil ?? 0) > now;
    this.#proofs.set(id, { active: isActive(record), mayBeClosed: wanted && !held });
  }

  #beforeClose(id: string, fault: Fault | 'late' | null): void {
    const proof = this.#proofs.get(id);
    if (proof === undefined) this.breaches.push(`${id}: closed although no read has proven it active`);
    else if (!proof.active) this.breaches.push(`${id}: closed although it was read as ended`);
    else if (!proof.mayBeClosed) this.breaches.push(`${id}: closed although it was fresh or held`);
    if (typeof fault === 'string' && LOSES_THE_ANSWER.includes(fault)) this.#proofs.delete(id);
    const record = this.#n.world.get(id);
    const ends = fault === null && this.#plans.get(id)?.endsBeforeClose && !this.#cared.has(id);
    const unsure = this.#n.store.report.history(id).outcomes.some(({ outcome }) => outcome === 'unconfirmed');
    const again = this.#n.account(id).patches > 1;
    if (ends && record !== null && isActive(record) && !unsure && !again) {
      this.#n.world.endByItself(id, this.#n.clock.now());
    }
  }

  /** Everything that must hold when all is over. */
  conclude(): string[] {
    const { world, store } = this.#n;
    const twice = world
      .account()
      .filter(({ id, effectivePatches }) => effectivePatches > 1 + (this.#revivals.get(id) ?? 0))
      .map(({ id }) => `${id}: closed twice without a revival in between`);
    const left = store.ledger.intents().map(({ conversationId }) => `${conversationId}: an intent is left`);
    return [...this.breaches, ...twice, ...left, ...this.#n.agreement()];
  }
}

describe('whatever goes wrong on the way', () => {
  it('both sides agree after a night without faults, and nothing was closed that should stay open', async () => {
    const plan = fc.record({
      contract: fc.constantFrom('platform' as const, 'gateway' as const),
      conversations: fc.array(conversationPlan, { minLength: 2, maxLength: 8 }),
      nights: fc.array(nightPlan, { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ contract, conversations, nights }) => {
        const n = await night({
          contract,
          conversations: conversations.map(({ kind, idleHours, effect }, i) => ({
            ...conversation(i + 1, kind, idleHours * HOUR),
            closeEffect: effect,
          })),
        });
        try {
          const model = new Model(n, contract, conversations);
          const requested = conversations.flatMap((one, i) => (one.requested ? [idOf(i + 1)] : []));
          n.request(requested);
          for (const { faults, hoursAfter, between } of nights) {
            await model.sweep(faults);
            await n.later(hoursAfter * HOUR);
            between.forEach((event, i) => {
              if (event !== null && i < conversations.length) model.happen(idOf(i + 1), event);
            });
            await n.later(HOUR);
          }
          // Late enough for all that is open to be due, early enough for all that was closed to be watched.
          await n.later(30 * HOUR);
          const exitCode = await model.sweep([]);
          expect(model.conclude()).toEqual([]);
          expect([0, 3]).toContain(exitCode);
        } finally {
          await n.end();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
