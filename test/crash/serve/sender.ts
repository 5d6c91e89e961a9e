import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { HOUR, toIso } from '../../../src/domain/time.ts';
import type { ConversationKind } from '../../../src/simulator/record.ts';
import { exchange, type Said, type Sent, TOKEN } from '../../serve/running.ts';
import { STALE_KINDS } from '../facts.ts';
import { expectThat } from '../scenes/scene.ts';
import type { CrashWorld } from '../world.ts';

/** What an event closes: no agent is in it any more, and nobody waits for one. */
const DONE_KINDS = ['with_bot', 'after_call_work'] as const;
/** What an event must leave open: somebody has it, or is to have it. */
const IN_HAND_KINDS = ['waiting_in_queue', 'agent_customer_waiting', 'parked'] as const;
/** So many at a time, so that they come in several turns of the program. */
const AT_A_TIME = 3;
const POLL_MS = 20;
/** Far more than it ever takes, and an end for one that never comes. */
const MOST_POLLS = 3_000;

/** One request, and the answer that the sender has had to it; null: none, so that it sends it again. */
interface Message {
  readonly what: 'event' | 'closure' | 'mapping';
  readonly method: string;
  readonly path: string;
  readonly sent: Sent;
  readonly conversationId: string;
  /** By which an event is known again. */
  readonly identity: string;
  answer: Said | null;
}

/** The user's own side of `serve`: sends until it is answered with 2xx, and remembers what was. */
export class Sender {
  readonly #world: CrashWorld;
  readonly #messages: Message[] = [];

  constructor(world: CrashWorld) {
    this.#world = world;
  }

  /** Whatever was not answered once more, and something new of everything. Ends early when the server dies. */
  async round(url: string): Promise<void> {
    this.#makeUp();
    await this.#send(
      url,
      this.#messages.filter(({ answer }) => answer === null),
    );
  }

  /** Every event that was answered, once more. What is wrong with the answers. */
  async repeat(url: string): Promise<string[]> {
    const events = this.#messages.filter(({ what }) => what === 'event');
    const again = events.map((event) => ({ ...event, answer: null as Said | null }));
    await this.#send(url, again);
    return again.flatMap(({ identity, answer }) =>
      expectThat(
        answer?.json?.status === 'duplicate',
        `${identity} was sent again and answered ${answer?.text}`,
      ),
    );
  }

  /** Waits until nothing is pending, as the record says, or the server is dead. */
  async untilNothingIsPending(isAlive: () => boolean): Promise<void> {
    for (let polls = 0; isAlive() && this.#pending() > 0; polls++) {
      if (polls === MOST_POLLS) throw new Error(`${this.#pending()} are pending still`);
      await sleep(POLL_MS);
    }
  }

  /** What was answered with 2xx and is not on record, at any moment. */
  problems(): string[] {
    return this.#messages.filter(({ answer }) => answer !== null).flatMap((message) => this.#find(message));
  }

  /** What is wrong when nothing is under way any more: besides the above, whatever nothing has become of. */
  problemsAtEnd(): string[] {
    const { place } = this.#world;
    const unanswered = this.#messages.filter(({ answer }) => answer === null);
    const left = place.query('SELECT identity FROM events WHERE settled_at IS NULL');
    const alien = place.query('SELECT identity FROM events').filter(({ identity }) => !this.#knows(identity));
    return [
      ...this.problems(),
      ...unanswered.map(({ identity }) => `${identity} was never answered`),
      ...left.map(({ identity }) => `${identity} is not settled`),
      ...alien.map(({ identity }) => `${identity} is on record, and was never sent`),
      ...expectThat(this.#pending() === 0, `${this.#pending()} are pending`),
    ];
  }

  #knows(identity: string): boolean {
    return this.#messages.some((message) => message.identity === identity);
  }

  #pending(): number {
    const [row] = this.#world.place.query(`
      SELECT (SELECT count(*) FROM events WHERE settled_at IS NULL)
        + (SELECT count(*) FROM close_requests WHERE settled_at IS NULL) AS n`);
    return row.n;
  }

  #makeUp(): void {
    const { random } = this.#world;
    const add = (kinds: readonly ConversationKind[]) => this.#world.add(kinds, { mapped: false });
    const done = add(Array.from({ length: 4 }, () => random.pick(DONE_KINDS)));
    const asked = add([random.pick(STALE_KINDS), random.pick(STALE_KINDS)]);
    const [ended = '', open = '', inHand = ''] = add(['closed', 'with_bot', random.pick(IN_HAND_KINDS)]);
    this.#world.noteAsked([...done, ...asked]);
    for (const id of done) this.#event(id, 'acw');
    for (const id of asked) this.#closure(id);
    for (const id of [ended, open]) {
      this.#mapping(id);
      this.#event(id, 'customer.end');
    }
    this.#event(inHand, 'acw');
    // The same end is often told twice, and asked for by others.
    this.#event(random.pick([done[0] ?? '', ...done]), 'wrapup');
    if (random.chance(0.5)) this.#closure(random.pick([done[0] ?? '', ...done]));
  }

  #event(conversationId: string, end: 'acw' | 'wrapup' | 'customer.end'): void {
    const id = `msg_${this.#messages.length}`;
    const topicName = `v2.detail.events.conversation.{id}.${end}`;
    const sent = {
      headers: { 'webhook-id': id },
      body: { topicName, conversationId, eventTime: Date.now() },
    };
    this.#add('event', 'POST', '/webhooks/genesys', conversationId, sent, `webhook-id:${id}`);
  }

  #closure(id: string): void {
    this.#add('closure', 'POST', '/closures', id, { body: { conversationIds: [id] } });
  }

  #mapping(id: string): void {
    const sent = { body: { startedAt: toIso(Date.now() - HOUR) } };
    this.#add('mapping', 'PUT', `/sessions/web-${id.slice(-6)}/conversations/${id}`, id, sent);
  }

  #add(
    what: Message['what'],
    method: string,
    path: string,
    conversationId: string,
    { headers, body }: Sent,
    identity = `${what} of ${conversationId}`,
  ): void {
    const sent = { headers: headers ?? {}, body, token: TOKEN };
    this.#messages.push({ what, method, path, sent, conversationId, identity, answer: null });
  }

  async #send(url: string, messages: readonly Message[]): Promise<void> {
    const agent = new Agent();
    const rest = [...messages];
    const sendOn = async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await sendOne(agent, url, next);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, sendOn));
    await agent.destroy();
  }

  #find({ what, conversationId, identity, answer }: Message): string[] {
    const count = (sql: string) => this.#world.place.query(sql).length;
    const found = {
      event: () => count(`SELECT 1 FROM events WHERE identity = '${identity}'`),
      closure: () =>
        count(`SELECT 1 FROM close_requests
          WHERE id = ${Number(answer?.json.requests[0].id)} AND conversation_id = '${conversationId}'`),
      mapping: () => count(`SELECT 1 FROM mappings WHERE conversation_id = '${conversationId}'`),
    }[what]();
    return expectThat(
      found === 1,
      `${identity} was answered with ${answer?.status}, and ${found} are on record`,
    );
  }
}

async function sendOne(agent: Agent, url: string, message: Message): Promise<void> {
  const { method, path, sent } = message;
  let said: Said;
  try {
    said = await exchange(agent, `${url}${path}`, method, sent);
  } catch {
    // Nobody answers any more: whether it was taken is not known here.
    return;
  }
  if (said.status >= 300) throw new Error(`${method} ${path} was answered ${said.status}: ${said.text}`);
  message.answer = said;
}
