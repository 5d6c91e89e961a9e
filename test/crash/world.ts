import { DAY, HOUR, MINUTE, toIso } from '../../src/domain/time.ts';
import type { Interceptor } from '../../src/simulator/exchange.ts';
import { makeConversation } from '../../src/simulator/kinds.ts';
import { type RandomStream, randomStream } from '../../src/simulator/random.ts';
import { type ConversationKind, isActive } from '../../src/simulator/record.ts';
import { openStore } from '../../src/store/store.ts';
import type { Place } from '../e2e/place.ts';
import { HEADER, idOf } from '../e2e/world.ts';
import { type Contract, type Facts, whyNot } from './facts.ts';
import { judge, judgeEnd } from './judge.ts';
import { type Recorded, readRecord } from './record.ts';

export interface Traits {
  readonly contract: Contract;
  readonly survey: boolean;
  readonly concurrency: number;
  /** Whether some conversations answer 200 to every close and go on. */
  readonly stubborn: boolean;
}

/** Stale by the policy's 24 hours. */
const IDLE_MS = 30 * HOUR;

/**
 * One organisation, one database, and the harness's own knowledge of both. Every PATCH that comes in is held against
 * that knowledge at once; what the record says is held against the simulator's account whenever it is asked for.
 */
export class CrashWorld {
  readonly place: Place;
  readonly traits: Traits;
  readonly random: RandomStream;
  /** The program after an upgrade that brings a migration. */
  readonly programOfTomorrow: string;
  readonly facts = new Map<string, Facts>();
  /** Told of every request that comes in, while somebody lies in wait for one. */
  ambush: Interceptor | null = null;
  #wrongCloses: string[] = [];
  /** Effective closes that were undone by somebody who came back. */
  readonly #undone = new Map<string, number>();
  #lastRecord: Recorded | null = null;
  #files = 0;
  #begun = false;

  constructor(place: Place, traits: Traits, random: RandomStream, programOfTomorrow: string) {
    this.place = place;
    this.traits = traits;
    this.random = random;
    this.programOfTomorrow = programOfTomorrow;
    place.simulator.intercept((request) => {
      if (request.route === 'close' && request.conversationId !== null)
        this.#judgeClose(request.conversationId);
      return this.ambush?.(request) ?? null;
    });
  }

  /** Conversations of these kinds come into being; `mapped` ones are known to the user's own side. */
  add(kinds: readonly (ConversationKind | null)[], { mapped }: { mapped: boolean }): string[] {
    return kinds.map((kind) => {
      const n = this.facts.size + 1;
      const id = idOf(n);
      this.facts.set(id, { id, kind, mapped, activeAt: null, askedAt: null, held: false });
      if (kind === null) return id;
      const idleMs = kind === 'recently_active' ? HOUR : IDLE_MS;
      this.place.simulator.world.add(
        makeConversation({ id, kind, now: Date.now(), random: randomStream(n), idleMs }),
      );
      return id;
    });
  }

  /** Lines of a mapping file. */
  mappingRows(ids: readonly string[]): string[] {
    return [HEADER, ...ids.map((id) => this.#rowOf(id).join(',')), ''];
  }

  /** The user's own program writes them, with plain SQL. */
  map(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#begin();
    for (const id of ids) {
      const [session, , startedAt, activityAt] = this.#rowOf(id);
      const activity = activityAt === '' ? 'NULL' : `'${activityAt}'`;
      this.place.execute(`
        INSERT INTO mappings (session_id, conversation_id, started_at, last_activity_at)
        VALUES ('${session}', '${id}', '${startedAt}', ${activity})`);
    }
  }

  /** Where the program has not come to it, the database is made here. */
  #begin(): void {
    if (this.#begun) return;
    openStore(this.place.database, { mode: 'create', now: Date.now() }).close();
    this.#begun = true;
  }

  /** So many rows that no sweep looks at, and that make the file large. */
  fill(rows: number): void {
    const long = toIso(Date.now() - 30 * DAY);
    this.place.execute(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      INSERT INTO mappings (conversation_id, session_id, started_at, state, state_at)
      SELECT printf('11111111-0000-4000-8000-%012d', i), 'filler-' || i, '${long}', 'closed', '${long}' FROM n
      WHERE true ON CONFLICT DO NOTHING`);
  }

  /** A stale one that may be closed and is active still; what there is for a sweep to do. */
  closable(): Facts[] {
    return [...this.facts.values()].filter(
      (facts) => whyNot(facts, this.traits.contract) === null && this.isOpen(facts.id),
    );
  }

  /** From now on its close is asked for, or may be. */
  noteAsked(ids: readonly string[]): void {
    for (const id of ids) this.#factsOf(id).askedAt = Date.now();
  }

  /** Whoever asked died before it was on record, and does not ask again. */
  forgetUnrecorded(ids: readonly string[]): void {
    const asked = new Set(
      this.place.query('SELECT conversation_id AS id FROM close_requests').map(({ id }) => id),
    );
    for (const id of ids) if (!asked.has(id)) this.#factsOf(id).askedAt = null;
  }

  noteHeld(ids: readonly string[]): void {
    for (const id of ids) this.#factsOf(id).held = true;
  }

  /** A name that no file of this world has. */
  fileName(stem: string): string {
    this.#files++;
    return `${stem}-${this.#files}`;
  }

  /** What is wrong at this moment. */
  problems(): string[] {
    return this.#look(judge);
  }

  /** What is wrong after a run to the end. */
  problemsAtEnd(): string[] {
    const still = this.closable().filter(({ id }) => !this.isStubborn(id));
    return [
      ...this.#look(judgeEnd),
      ...still.map(({ id }) => `${id}: it should have been closed, and is open`),
    ];
  }

  #look(judged: typeof judge): string[] {
    const wrong = this.#wrongCloses;
    this.#wrongCloses = [];
    const record = readRecord(this.place.database);
    const before = this.#lastRecord;
    this.#lastRecord = record;
    return [...wrong, ...judged(record, this.place.simulator.world.account(), before)];
  }

  #judgeClose(id: string): void {
    const say = (problem: string) => this.#wrongCloses.push(`${id}: a close was sent, and ${problem}`);
    const facts = this.facts.get(id);
    if (facts === undefined) return void say('nobody knows it');
    const reason = whyNot(facts, this.traits.contract);
    if (reason !== null) say(reason);
    const taken = this.place.simulator.world.get(id)?.effectivePatches ?? 0;
    if (taken > (this.#undone.get(id) ?? 0)) say('it had been closed already');
  }

  /** Asks as another program would, without this one. */
  request(ids: readonly string[], at = Date.now()): void {
    for (const id of ids) {
      this.#factsOf(id).askedAt = at;
      this.place.execute(`
        INSERT INTO close_requests (conversation_id, origin, requested_at)
        VALUES ('${id}', 'csv:by-sql.csv#${this.facts.size}', '${toIso(at)}') ON CONFLICT DO NOTHING`);
    }
  }

  /** The guest writes again in one that had ended, which makes it live again. */
  comeBack(facts: Facts, at: number): void {
    const { world } = this.place.simulator;
    world.revive(facts.id, at);
    this.#undone.set(facts.id, world.get(facts.id)?.effectivePatches ?? 0);
    this.noteActive(facts, at);
  }

  /** Over there; the user's own side sees it too, always where the contract tells nothing of it. */
  noteActive(facts: Facts, at: number): void {
    facts.activeAt = at;
    if (this.traits.contract === 'platform' && this.random.chance(0.5)) return;
    this.place.execute(
      `UPDATE mappings SET last_activity_at = '${toIso(at)}' WHERE conversation_id = '${facts.id}'`,
    );
  }

  /** Whether anybody is in it. */
  isOpen(id: string): boolean {
    const record = this.place.simulator.world.get(id);
    return record !== null && isActive(record);
  }

  /** Whether it answers 200 to every close and goes on. */
  isStubborn(id: string): boolean {
    return this.place.simulator.world.get(id)?.closeEffect?.kind === 'never';
  }

  #factsOf(id: string): Facts {
    const facts = this.facts.get(id);
    if (facts === undefined) throw new Error(`no facts of ${id}`);
    return facts;
  }

  #rowOf(id: string): [session: string, id: string, startedAt: string, activityAt: string, user: string] {
    const now = Date.now();
    const activityAt = this.#factsOf(id).kind === 'recently_active' ? now - 30 * MINUTE : now - IDLE_MS;
    return [
      `web-${id.slice(-6)}`,
      id,
      toIso(now - 3 * DAY),
      this.traits.contract === 'gateway' ? toIso(activityAt) : '',
      '',
    ];
  }
}
