import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Config } from '../config/config.ts';
import { loadCredentials } from '../config/credentials.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Client } from '../genesys/client.ts';
import type { IntakeStore } from '../intake/ports.ts';
import { visible } from '../report/text.ts';
import { openDryIntake } from '../store/dry-intake.ts';
import { createLease } from '../store/lease.ts';
import { openStore, type Store } from '../store/store.ts';
import type { SweepDeps, SweepSettings } from '../sweep/context.ts';
import type { Sync } from '../sweep/ports.ts';
import type { Context } from './command.ts';
import { warnWhenExposed } from './exposure.ts';
import { lifeOf } from './life.ts';
import type { ProgressView } from './progress.ts';
import { redactedLedger, redactedOutcome, redactedRuns } from './redacted-record.ts';

/** The one place that sees both the ports and what is behind them. */

export function databasePath(context: Context): string {
  return resolve(context.io.cwd, context.config().config.db);
}

/** @throws DatabaseError with what to do about it */
export function openRecord(context: Context, mode: 'create' | 'write' | 'read'): Store {
  const store = openStore(databasePath(context), { mode, now: context.io.clock.now() });
  if (store.migrated !== null && store.migrated.backup !== null) {
    context.log.info(`The database was migrated; what it was before is in ${store.migrated.backup}.`);
  }
  warnWhenExposed(context.log, 'The database', databasePath(context));
  return store;
}

/**
 * The record once more, with another patience. For a server, which serves nobody while a call waits for a lock. Throws
 * DatabaseError with what to do about it.
 */
export function reopenRecord(context: Context, patienceMs: number): Store {
  return openStore(databasePath(context), { mode: 'write', now: context.io.clock.now(), patienceMs });
}

/** Where an import puts what it reads. */
interface Intake {
  readonly intake: IntakeStore;
  /** Null for a dry run without a database. */
  readonly store: Store | null;
  close(): void;
}

/** A dry run reads the record, if there is one, and creates none. Throws DatabaseError with what to do about it. */
export function openIntake(context: Context, dryRun: boolean): Intake {
  if (!dryRun) {
    const store = openRecord(context, 'create');
    return { intake: store.intake, store, close: store.close };
  }
  if (!databaseExists(context)) {
    context.log.info(`There is no database at ${databasePath(context)} yet: every good row is new.`);
    return { ...openDryIntake(null), store: null };
  }
  const store = openRecord(context, 'read');
  const { intake, close } = store.dryIntake();
  return {
    intake,
    store,
    close: () => {
      close();
      store.close();
    },
  };
}

export function databaseExists(context: Context): boolean {
  return existsSync(databasePath(context));
}

/** Commands that only look at the record do without what these load, and should be there at once. */
const theClient = () => import('../genesys/client.ts');
const theSync = () => import('./sync.ts');

/**
 * Loads what sweeps of these settings need: whoever begins them weeks later may find the files on the disk replaced by those
 * of another release.
 */
export async function loadForSweeps(context: Context): Promise<void> {
  await theClient();
  if (context.config().config.source !== null) await theSync();
}

/** @throws UsageError when the credentials are not complete or wrong in form */
export async function connect(context: Context, signal: AbortSignal): Promise<Client> {
  const { io, log } = context;
  const { config } = context.config();
  const credentials = loadCredentials(context.surroundings);
  for (const file of credentials.secretFiles) warnWhenExposed(log, 'The file with the client secret', file);
  const { createClient } = await theClient();
  return createClient({
    contract: config.api,
    apiUrl: credentials.apiUrl,
    loginUrl: credentials.loginUrl,
    clientId: credentials.clientId,
    revealSecret: () => credentials.clientSecret.reveal(),
    closeReason: config.closeReason,
    ratePerMinute: config.ratePerMinute,
    budgetShare: config.budgetShare,
    concurrency: config.concurrency,
    attemptTimeoutMs: config.attemptTimeoutMs,
    clock: io.clock,
    random: io.random,
    log,
    userAgent: `nightsweep/${io.version}`,
    signal,
    onToken: context.secrets.add,
    observer: context.requests,
  });
}

export async function sweepDeps(
  context: Context,
  store: Store,
  client: Client,
  watch: { progress: ProgressView; onOutcome?: (outcome: Outcome) => void },
): Promise<SweepDeps> {
  const { io, log } = context;
  const { redact } = context.secrets;
  const { onOutcome = () => {} } = watch;
  return {
    clock: io.clock,
    random: io.random,
    log,
    api: client.conversations,
    survey: client.survey,
    remote: client.remote,
    sync: await syncOf(context, store),
    lease: createLease(databasePath(context)),
    runs: redactedRuns(store.runs, redact),
    work: store.work,
    ledger: redactedLedger(store.ledger, redact),
    identity: { host: io.host, pid: io.pid, version: io.version },
    // No two runs of a process are open at once but that which asks.
    isAlive: (run) => lifeOf(run, io, false) !== 'dead',
    confirm: confirmation(context),
    onProgress: watch.progress.update,
    onOutcome: (outcome) => onOutcome(redactedOutcome(outcome, redact)),
  };
}

/** What a sweep does before it selects; null: the settings name no source. */
async function syncOf(context: Context, store: Store): Promise<Sync | null> {
  const { source } = context.config().config;
  if (source === null) return null;
  const { sweepSync } = await theSync();
  return sweepSync(context, store, source);
}

/** Asks at the terminal; null when there is none. */
export function confirmation({ io, out, narrator }: Context): SweepDeps['confirm'] {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true || out.json) return null;
  return (question) =>
    narrator.without(async () => {
      const terminal = createInterface({ input: io.stdin, output: io.stderr });
      try {
        const answer = await terminal.question(`${visible(question)} [y/N] `);
        return /^y(es)?$/i.test(answer.trim());
      } finally {
        terminal.close();
      }
    });
}

/** The settings of a run from the configuration; what only a command knows is left to it. */
export function sweepSettings(config: Config): SweepSettings {
  return {
    policy: config.policy,
    dryRun: false,
    survey: config.survey,
    onlyRequested: false,
    acceptPolicy: false,
    acceptVolume: false,
    limit: null,
    maxCloses: config.maxCloses,
    maxDurationMs: config.maxDurationMs,
    graceMs: config.graceMs,
    concurrency: config.concurrency,
    verifyForMs: config.verifyForMs,
    conversationDeadlineMs: config.conversationDeadlineMs,
    requestMaxAgeMs: config.requestMaxAgeMs,
    surveyLagMs: config.surveyLagMs,
    reopenWatchMs: config.reopenWatchMs,
    expectOrganization: config.expectOrganization,
  };
}
