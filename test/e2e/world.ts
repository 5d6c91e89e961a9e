import { expect } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { disagreements, type Recorded } from '../../src/simulator/agreement.ts';
import { makeConversation } from '../../src/simulator/kinds.ts';
import { randomStream } from '../../src/simulator/random.ts';
import type { ConversationKind, ConversationRecord } from '../../src/simulator/record.ts';
import { openStore } from '../../src/store/store.ts';
import type { Place } from './place.ts';

/** The nth conversation. */
export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export const HEADER = 'session_id,conversation_id,started_at,last_activity_at,user_id';

const STARTED_AT = Date.now() - 3 * DAY;

/** A line of a mapping file: session `web-n`, three days old, so that it is due. */
export function row(n: number): string {
  return `web-${n},${idOf(n)},${toIso(STARTED_AT)},,user-${n}`;
}

/** A mapping file for the first `count` conversations. */
export function mappingOf(count: number): string {
  return [HEADER, ...Array.from({ length: count }, (_, i) => row(i + 1)), ''].join('\n');
}

/** The same rows, without the time that a child takes to import them. */
export function map(place: Place, count: number): void {
  const store = openStore(place.database, { mode: 'create', now: Date.now() });
  try {
    const rows = Array.from({ length: count }, (_, i) => ({
      conversationId: idOf(i + 1),
      sessionId: `web-${i + 1}`,
      userId: `user-${i + 1}`,
      startedAt: STARTED_AT,
      lastActivityAt: null,
    }));
    store.intake.putMappings(rows, 'csv:mapping.csv', Date.now());
  } finally {
    store.close();
  }
}

/** Conversation n is of the nth kind; those that are active have been idle for 30 hours, unless fresh. */
export function conversations(kinds: readonly ConversationKind[]): ConversationRecord[] {
  return kinds.map((kind, i) =>
    makeConversation({
      id: idOf(i + 1),
      kind,
      now: Date.now(),
      random: randomStream(i + 1),
      ...(kind !== 'recently_active' && { idleMs: 30 * HOUR }),
    }),
  );
}

/** Takes what later migrations have made back, for a record as the first release had it. */
export const BACK_TO_SCHEMA_1 = `
  DROP INDEX runs_sweeps; DROP TABLE events; DROP TABLE sources; DROP TABLE outcome_summaries;
  DROP INDEX mappings_resting; ALTER TABLE mappings DROP COLUMN rests_until; PRAGMA user_version = 1`;

/** So many that are stale. */
export function stale(count: number): ConversationRecord[] {
  return conversations(Array.from({ length: count }, () => 'with_bot' as const));
}

/** Both sides agree, the database is whole, nothing is left in mid-air, and no close was sent to what we closed. */
export function demandAgreement(place: Place): void {
  expect(place.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(place.query('PRAGMA foreign_key_check')).toEqual([]);
  expect(place.query('SELECT * FROM intents')).toEqual([]);
  expect(disagreements(place.simulator.world.account(), recordOf(place))).toEqual([]);
  expect(closesOfClosed(place)).toEqual([]);
}

function recordOf(place: Place): Recorded[] {
  const states = new Map(
    place
      .query('SELECT conversation_id, state FROM mappings')
      .map((mapping) => [mapping.conversation_id, mapping.state]),
  );
  const outcomes = place.query(`
    SELECT conversation_id, outcome FROM outcomes JOIN runs ON runs.id = run_id
    WHERE dry_run = 0 ORDER BY outcomes.id`);
  const ids = new Set([...states.keys(), ...outcomes.map((outcome) => outcome.conversation_id)]);
  return [...ids].map((id) => ({
    conversationId: id,
    mappingState: states.get(id) ?? null,
    outcomes: outcomes.filter((outcome) => outcome.conversation_id === id).map(({ outcome }) => outcome),
  }));
}

/** Every PATCH that came after one that was accepted. */
function closesOfClosed({ simulator }: Place): string[] {
  const accepted = new Set<string>();
  return simulator.log.flatMap(({ route, conversationId, status }) => {
    if (route !== 'close' || conversationId === null) return [];
    const again = accepted.has(conversationId);
    if (status === 200) accepted.add(conversationId);
    return again ? [conversationId] : [];
  });
}

/** Everything that is on record, to compare before and after. */
export function everything(place: Place, ...except: string[]): unknown {
  const tables = place
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .map(({ name }) => name as string)
    .filter((name) => !except.includes(name));
  return Object.fromEntries(tables.map((name) => [name, place.query(`SELECT * FROM ${name}`)]));
}
