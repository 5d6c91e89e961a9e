import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { consequencesOf, NO_FACTS, type Outcome } from '../../src/domain/outcome.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { HOUR, type Instant } from '../../src/domain/time.ts';
import type { MappingRow } from '../../src/intake/ports.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Intent, NewRun } from '../../src/sweep/ports.ts';

export const T0: Instant = Date.parse('2025-03-01T00:00:00.000Z');

/** The conversation number n. */
export function id(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A folder that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A plain connection, as the user's own program would have it. It waits for nobody. */
export function userProgram(path: string): Database.Database {
  const connection = new Database(path, { timeout: 0 });
  onTestFinished(() => void connection.close());
  return connection;
}

/** A fresh store on a real file, and the user's own program on the same file. */
export function tempStore(): { store: Store; path: string; user: Database.Database } {
  const path = join(tempDir(), 'nightsweep.db');
  const store = openStore(path, { mode: 'create', now: T0 });
  onTestFinished(() => store.close());
  return { store, path, user: userProgram(path) };
}

export function mappingRow(n: number, changes: Partial<MappingRow> = {}): MappingRow {
  return {
    conversationId: id(n),
    sessionId: `session-${n}`,
    userId: null,
    startedAt: T0,
    lastActivityAt: null,
    ...changes,
  };
}

export const POLICY: Policy = {
  staleAfterMs: 24 * HOUR,
  staleAfterWithAgentMs: 24 * HOUR,
  awaitingAgent: 'keep',
  exemptQueues: [],
  exemptDivisions: [],
  platformTimerGraceMs: 12 * HOUR,
  messageTypes: ['webmessaging'],
};

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    kind: 'sweep',
    scope: 'full',
    dryRun: false,
    policy: POLICY,
    startedAt: T0,
    host: 'web-1',
    pid: 4711,
    version: '0.1.0',
    ...changes,
  };
}

export function outcome(n: number, changes: Partial<Outcome> = {}): Outcome {
  return {
    ...NO_FACTS,
    conversationId: id(n),
    sessionId: `session-${n}`,
    outcome: 'kept',
    reason: 'active_recently',
    detail: 'it was active lately',
    origin: 'schedule',
    httpStatus: 200,
    errorCode: null,
    correlationId: 'c-1',
    requests: 1,
    decidedAt: T0 + HOUR,
    closedAt: null,
    ...changes,
  };
}

export function intent(n: number, runId: number, changes: Partial<Intent> = {}): Intent {
  return {
    conversationId: id(n),
    sessionId: `session-${n}`,
    runId,
    intendedAt: T0 + HOUR,
    reason: 'stale',
    detail: 'idle for 2d',
    origin: 'schedule',
    requestId: null,
    remoteStatus: 'active',
    remoteLastActivityAt: T0 - HOUR,
    idleSeconds: 7200,
    queueId: 'queue-1',
    agentConnected: false,
    ...changes,
  };
}

/** Records an intent whatever is known of its conversation. */
export function intend({ ledger }: Pick<Store, 'ledger'>, one: Intent): boolean {
  return ledger.intend(one.conversationId, () => one);
}

/** Records an outcome of a real run with all it changes: a close of ours together with its intent. */
export function conclude(
  { ledger }: Pick<Store, 'ledger'>,
  runId: number,
  it: Outcome,
  seenAt: Instant,
): void {
  const consequences = consequencesOf(it);
  const { conversationId } = it;
  const isIntended = ledger.intents().some((one) => one.conversationId === conversationId);
  if (consequences.needsIntent && !isIntended) intend({ ledger }, intent(0, runId, { conversationId }));
  ledger.record(runId, it, consequences, seenAt);
}
