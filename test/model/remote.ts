import { type Conversation, unreadable } from '../../src/domain/conversation.ts';
import { ApiError } from '../../src/domain/errors.ts';
import { noRequests } from '../../src/domain/run.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { CallContext, ConversationApi, RemoteInfo, SurveyApi } from '../../src/sweep/ports.ts';
import { NETWORK, type Stage } from './stage.ts';

/** What a close that was carried out does: at once, so many ms later, or nothing. */
export type Effect = number | 'never';

/** What goes wrong with one request. `early`: it is not carried out. */
export type Mishap = 'early' | 'late' | 'garbled' | null;

export interface RemoteConversation {
  readonly id: string;
  readonly effect: Effect;
  lastActivityAt: Instant;
  endsAt: Instant | null;
  /** Whose doing `endsAt` is. */
  endedBy: 'us' | 'itself' | null;
  /** Closes that ended it. */
  ended: number;
}

/** The other side as the ports show it: no HTTP, every request in three steps that anything may come between. */
export class Remote {
  readonly conversations: ReadonlyMap<string, RemoteConversation>;
  readonly #stage: Stage;
  readonly #mishaps: readonly Mishap[];
  #requests = 0;
  /** Nothing goes wrong any more. */
  isCalm = false;
  /** Called when a close is carried out, before it takes effect. */
  onClose: (conversation: RemoteConversation) => void = () => {};
  /** Called when a read is carried out. */
  onRead: (conversation: RemoteConversation) => void = () => {};

  /** @param mishaps of the nth request of all, whoever sends it */
  constructor(stage: Stage, conversations: readonly RemoteConversation[], mishaps: readonly Mishap[]) {
    this.#stage = stage;
    this.#mishaps = mishaps;
    this.conversations = new Map(conversations.map((one) => [one.id, one]));
  }

  isActive({ endsAt }: RemoteConversation): boolean {
    return endsAt === null || endsAt > this.#stage.now();
  }

  /** The port as the process `actor` has it. What it has sent is carried out even when it is dead by then. */
  apiFor(actor: number): ConversationApi & SurveyApi {
    return {
      read: (id, context) =>
        this.#request(actor, context, true, () => {
          const conversation = this.conversations.get(id);
          if (conversation === undefined) return null;
          this.onRead(conversation);
          return this.#view(conversation);
        }),
      close: (id, context) =>
        this.#request(actor, context, false, () => {
          const conversation = this.conversations.get(id);
          if (conversation === undefined) throw refused(404);
          if (!this.isActive(conversation)) throw refused(409);
          this.#close(conversation);
          const { endsAt } = conversation;
          return { proof: endsAt !== null && endsAt <= this.#stage.now() ? { endedAt: endsAt } : null };
        }),
      endedOf: (ids, context) =>
        this.#request(actor, context, true, () => {
          const known = ids.flatMap((id) => this.conversations.get(id) ?? []);
          const ended = known.filter((one) => !this.isActive(one)).map((one) => this.#view(one));
          return new Map(ended.map((one) => [one.id, one]));
        }),
    };
  }

  readonly info: RemoteInfo = {
    signIn: async () => {},
    organization: async () => ({ id: 'o', name: 'Organisation' }),
    clockSkewMs: () => 0,
    figures: noRequests,
    usefulInFlight: () => 100,
    hangUp: () => {},
    waitingMs: () => 0,
  };

  #close(conversation: RemoteConversation): void {
    this.onClose(conversation);
    if (conversation.effect === 'never' || conversation.endsAt !== null) return;
    conversation.endsAt = this.#stage.now() + conversation.effect;
    conversation.endedBy = 'us';
    conversation.ended++;
  }

  /** Waits for its turn to be sent, is carried out, and waits for its answer. */
  async #request<T>(actor: number, context: CallContext, isRead: boolean, carryOut: () => T): Promise<T> {
    await this.#stage.turn(actor, context.signal);
    const drawn = this.#mishaps[this.#requests++ % this.#mishaps.length] ?? null;
    const mishap = this.isCalm ? null : drawn;
    context.trace.requests++;
    const arrived = this.#arrive(mishap === 'early' ? null : carryOut);
    const answered = arrived.then(async (result) => {
      await this.#stage.turn(actor);
      return result;
    });
    const result = await unlessAborted(answered, context.signal, isRead);
    if (mishap === 'garbled') throw new ApiError('not JSON', { failure: 'not_json', status: 200 });
    if (mishap !== null || result === null) throw new ApiError('lost', { failure: 'lost' });
    if (result.error !== null) throw result.error;
    return result.value as T;
  }

  /** The network belongs to nobody: what is on its way arrives. Null: it does not. */
  async #arrive<T>(carryOut: (() => T) | null): Promise<{ value?: T; error: unknown } | null> {
    await this.#stage.turn(NETWORK);
    if (carryOut === null) return null;
    try {
      return { value: carryOut(), error: null };
    } catch (error) {
      return { error };
    }
  }

  #view(conversation: RemoteConversation): Conversation {
    const active = this.isActive(conversation);
    return {
      ...unreadable(conversation.id, ''),
      problem: null,
      status: active ? 'active' : 'abandoned',
      endedAt: active ? null : conversation.endsAt,
      messageTypes: ['webmessaging'],
      lastActivityAt: conversation.lastActivityAt,
      lastCustomerMessageAt: conversation.lastActivityAt,
      agentConnected: false,
      agentAnswered: false,
      parked: false,
      inQueue: false,
      queueIds: [],
      divisionIds: [],
    };
  }
}

function refused(status: number): ApiError {
  return new ApiError('refused', { failure: 'refused', status });
}

/** An aborted read is over; of an aborted close nobody knows what became of it. */
function unlessAborted<T>(answered: Promise<T>, signal: AbortSignal, isRead: boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(isRead ? signal.reason : new ApiError('cut short', { failure: 'lost' }));
    signal.addEventListener('abort', abort, { once: true });
    answered.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
