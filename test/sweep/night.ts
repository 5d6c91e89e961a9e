import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Outcome } from '../../src/domain/outcome.ts';
import { UNSETTLED } from '../../src/domain/outcome.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { type ClientOptions, createClient } from '../../src/genesys/client.ts';
import type { MappingRow, NewCloseRequest } from '../../src/intake/ports.ts';
import { type AccountEntry, accountOf } from '../../src/simulator/account.ts';
import { disagreements } from '../../src/simulator/agreement.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { SIMULATED_CLIENT, type SimulatorOptions } from '../../src/simulator/options.ts';
import type { ConversationRecord } from '../../src/simulator/record.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { createLease } from '../../src/store/lease.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import type { Interrupts, SweepDeps, SweepSettings } from '../../src/sweep/context.ts';
import { type Answer, serveOrWait } from '../../src/sweep/handover.ts';
import type { Log } from '../../src/sweep/ports.ts';
import { type Batch, serveBatch } from '../../src/sweep/serve-batch.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { createWire, type WireKind } from './wire.ts';

/** Real files, and no wait for a disk where the system has a place for them in memory. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** So many requests a minute that pacing takes next to no time. */
const RATE = 1_000_000;
export const SETTINGS: SweepSettings = {
  policy: {
    staleAfterMs: DAY,
    staleAfterWithAgentMs: DAY,
    awaitingAgent: 'keep',
    exemptQueues: [],
    exemptDivisions: [],
    platformTimerGraceMs: 12 * HOUR,
    messageTypes: ['webmessaging'],
  },
  dryRun: false,
  survey: false,
  onlyRequested: false,
  acceptPolicy: false,
  acceptVolume: false,
  limit: null,
  maxCloses: 500,
  maxDurationMs: null,
  graceMs: 20 * SECOND,
  concurrency: 10,
  verifyForMs: 15 * SECOND,
  conversationDeadlineMs: 5 * MINUTE,
  requestMaxAgeMs: 48 * HOUR,
  surveyLagMs: 30 * MINUTE,
  reopenWatchMs: 72 * HOUR,
  expectOrganization: null,
};

export interface NightOptions {
  readonly contract?: 'platform' | 'gateway';
  /** The world; each conversation is mapped unless `mapping` says otherwise. */
  readonly conversations: readonly ConversationRecord[];
  readonly mapping?: readonly MappingRow[];
  readonly simulator?: Partial<SimulatorOptions>;
  readonly wire?: WireKind;
}

/** What one run may be given besides its settings. */
export type How = Partial<
  Pick<SweepDeps, 'confirm' | 'sync' | 'isAlive' | 'onProgress' | 'onOutcome' | 'identity'> &
    Pick<ClientOptions, 'apiUrl' | 'loginUrl'> &
    Interrupts
>;

type Route = 'read' | 'close' | 'survey' | 'token' | 'organization';
/** Called before a request is carried out, with its number among those that match, from 1. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may only let something happen
type Hook = (nth: number) => Fault | null | undefined | void | Promise<Fault | null | undefined | void>;

export type Night = Awaited<ReturnType<typeof night>>;

/**
 * A world, a database that maps it, and everything a sweep needs; all on one virtual clock, gone after the test.
 *
 * @param atEnd is told how to clean up; for nights that are not those of one test
 */
export async function night(
  options: NightOptions,
  atEnd: (cleanUp: () => Promise<void> | void) => void = onTestFinished,
) {
  const { contract = 'platform', conversations } = options;
  const clock = new VirtualClock();
  const folder = mkdtempSync(join(FOLDERS, 'nightsweep-sweep-'));
  const path = join(folder, 'nightsweep.db');
  const store = openStore(path, { mode: 'create', now: clock.now() });
  store.intake.putMappings(options.mapping ?? conversations.map(mappingOf), 'test', clock.now());
  const user = new Database(path);

  const wire = createWire(
    createSimulator({
      now: clock.now,
      sleep: park,
      conversations,
      rateLimit: { allowed: RATE, windowMs: MINUTE },
      ...options.simulator,
    }),
    atEnd,
    options.wire,
  );
  const { simulator } = wire;
  const hooks: { route: Route; id: string | null; hook: Hook; seen: number }[] = [];
  simulator.intercept(async ({ route, conversationId }) => {
    for (const one of hooks) {
      if (one.route !== route || (one.id !== null && one.id !== conversationId)) continue;
      one.seen++;
      const fault = await one.hook(one.seen);
      if (fault) return fault;
    }
    return null;
  });
  const { url, port } = await simulator.start();

  const over = new AbortController();
  setMaxListeners(0, over.signal);
  let parked = 0;
  const stopClock = clock.runByItself(() => wire.inFlight() <= parked, wire.quiet);

  let ended: Promise<void> | null = null;
  const end = () => {
    ended ??= cleanUp();
    return ended;
  };
  atEnd(end);

  async function cleanUp(): Promise<void> {
    over.abort();
    await simulator.stop();
    await stopClock();
    user.close();
    store.close();
    rmSync(folder, { recursive: true });
    if (clock.sleepers > 0) throw new Error(`${clock.sleepers} waits were left behind.`);
  }

  /** Waits with a request in hand, so that the clock goes on although the request is not answered. */
  async function park(ms: number, signal?: AbortSignal): Promise<void> {
    parked++;
    const until = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
    await clock.sleep(ms, until).catch(() => {});
    parked--;
    signal?.throwIfAborted();
  }

  const notes: string[] = [];
  const note = (message: string, fields?: object) =>
    void notes.push(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: note, info: note, warn: note };

  async function run<T>(
    changes: Partial<SweepSettings>,
    how: How,
    work: (deps: SweepDeps, settings: SweepSettings, interrupts: Interrupts) => Promise<T>,
  ): Promise<T> {
    const settings = { ...SETTINGS, ...changes };
    const never = new AbortController().signal;
    const { stop = never, abort = never, apiUrl = url, loginUrl = url, ...changed } = how;
    const options: ClientOptions = {
      contract,
      apiUrl,
      loginUrl,
      clientId: SIMULATED_CLIENT.clientId,
      revealSecret: () => SIMULATED_CLIENT.clientSecret,
      closeReason: null,
      ratePerMinute: RATE,
      budgetShare: 1,
      concurrency: settings.concurrency,
      attemptTimeoutMs: 15 * SECOND,
      clock,
      random: () => 0.5,
      log,
      userAgent: 'nightsweep/test',
      signal: abort,
      onToken: () => {},
    };
    const client = createClient(options, wire.openLine(options));
    const deps: SweepDeps = {
      clock,
      random: () => 0.5,
      log,
      api: client.conversations,
      survey: client.survey,
      remote: client.remote,
      sync: null,
      lease: createLease(path),
      runs: store.runs,
      work: store.work,
      ledger: store.ledger,
      identity: { host: 'night-1', pid: 4711, version: '0.0.0' },
      isAlive: () => false,
      confirm: null,
      onProgress: () => {},
      onOutcome: () => {},
      ...changed,
    };
    try {
      return await work(deps, settings, { stop, abort });
    } finally {
      await client.close();
    }
  }

  /** The outcome that answers a request, as the `close` command looks it up. */
  function findAnswer(since: ReadonlyMap<string, number>) {
    return (requestId: number, conversationId: string): Answer | null => {
      const { requests, outcomes } = store.report.history(conversationId);
      const request = requests.find(({ id }) => id === requestId);
      const newest = outcomes.slice(since.get(conversationId) ?? 0).findLast(({ dryRun }) => !dryRun);
      if (request === undefined || newest === undefined) return null;
      return request.settledAt !== null || UNSETTLED.includes(newest.outcome) ? newest : null;
    };
  }

  /** Records close requests and returns their ids by conversation. */
  function request(ids: readonly string[], changes: Partial<NewCloseRequest> = {}): Map<string, number> {
    const rows = ids.map((conversationId) => ({
      conversationId,
      reason: null,
      origin: 'cli',
      force: false,
      ...changes,
    }));
    const made = store.intake.requestCloses(rows, clock.now());
    return new Map(ids.map((id, at) => [id, made[at]?.requestId ?? 0]));
  }

  function account(id: string): AccountEntry {
    const record = simulator.world.get(id);
    if (record === null) throw new Error(`There is no conversation ${id}.`);
    return accountOf(record);
  }

  return {
    clock,
    simulator,
    world: simulator.world,
    store,
    /** The user's own program on the same file. */
    user,
    path,
    port,
    lease: createLease(path),
    notes,
    /** Cleans up before the test is finished. */
    end,
    account,
    request,
    park,
    sweep: (changes: Partial<SweepSettings> = {}, how: How = {}) => run(changes, how, sweep),
    dryRun: (changes: Partial<SweepSettings> = {}, how: How = {}) =>
      run({ ...changes, dryRun: true }, how, sweep),
    /** Asks for these closes and waits for the answers, as `close ID…` does. */
    close: (ids: readonly string[], changes: Partial<NewCloseRequest> = {}, how: How = {}) => {
      const since = new Map(ids.map((id) => [id, store.report.history(id).outcomes.length]));
      const requests = request(ids, changes);
      return run({ maxCloses: Number.POSITIVE_INFINITY }, how, (deps, settings, interrupts) =>
        serveOrWait(deps, settings, requests, findAnswer(since), interrupts),
      );
    },
    /** One batch of webhooks; null: another holds the lease. */
    batch: (work: Batch, how: How = {}, changes: Partial<SweepSettings> = {}) =>
      run(changes, how, (deps, settings, interrupts) => serveBatch(deps, settings, work, interrupts)),
    /** Lets time pass in which no run is under way. */
    later: (ms: number) => clock.advance(ms),
    /** Calls `hook` before each request of this route, for this conversation or, with null, for any. */
    when: (route: Route, id: string | null, hook: Hook) => void hooks.push({ route, id, hook, seen: 0 }),
    /** From now on nothing is intercepted. */
    calm: () => void hooks.splice(0),
    mapping: (id: string) => store.report.history(id).mapping,
    requests: (id: string) => store.report.history(id).requests,
    /** What each run has recorded of it, oldest first. */
    outcomes: (id: string) => store.report.history(id).outcomes,
    /** The same in short: `closed/stale`, oldest first. */
    story: (id: string) => store.report.history(id).outcomes.map(inShort),
    /** Everything one run has recorded. */
    recorded: (runId: number) => store.report.outcomesOf(runId, [], 100_000),
    /** A sentence for each conversation of which the record says something else than the world. */
    agreement: () => {
      const ids = new Set(conversations.map(({ id }) => id));
      for (const { conversation_id: id } of user.prepare('SELECT conversation_id FROM outcomes').all() as {
        conversation_id: string;
      }[]) {
        ids.add(id);
      }
      return disagreements(
        simulator.world.account(),
        [...ids].map((conversationId) => {
          const { mapping, outcomes } = store.report.history(conversationId);
          return {
            conversationId,
            mappingState: mapping?.state ?? null,
            outcomes: outcomes.filter(({ dryRun }) => !dryRun).map(({ outcome }) => outcome),
          };
        }),
      );
    },
  };
}

export function inShort({ outcome, reason }: Pick<Outcome, 'outcome' | 'reason'>): string {
  return reason === null ? outcome : `${outcome}/${reason}`;
}

/** What the user's own system knows of a conversation: when it began, and when its visitor last wrote. */
export function mappingOf(record: ConversationRecord): MappingRow {
  const wrote = record.participants
    .filter(({ purpose }) => purpose === 'customer')
    .flatMap(({ messageTimes }) => messageTimes);
  return {
    conversationId: record.id,
    sessionId: `session-${record.id.slice(-4)}`,
    userId: null,
    startedAt: record.startedAt,
    lastActivityAt: wrote.length > 0 ? Math.max(...wrote) : null,
  };
}
