import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ApiToken } from '../config/api-token.ts';
import { loadCredentials } from '../config/credentials.ts';
import { UsageError } from '../domain/errors.ts';
import { CONTENT_TYPE } from '../metrics/server.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { createApp } from '../serve/app.ts';
import { createGate } from '../serve/gate.ts';
import { LIMITS } from '../serve/limits.ts';
import { allRoutes } from '../serve/routes/index.ts';
import { metricsRoute } from '../serve/routes/metrics.ts';
import { createTurns } from '../serve/turns.ts';
import type { Store } from '../store/store.ts';
import { withCloseRequests } from '../webhook/with-close-requests.ts';
import type { Context } from './command.ts';
import { databasePath, loadForSweeps, openRecord, reopenRecord } from './compose.ts';
import { serveDashboard } from './dashboard.ts';
import { readLastNight, readUnrecordedNight } from './last-night.ts';
import { demandTellable } from './notifications.ts';
import { NO_PROGRESS } from './progress.ts';
import { createSchedule, demandReady, type ScheduleInForce } from './scheduling.ts';
import { countedWebhooks, serverMetrics } from './serve-metrics.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** Everything that a server consists of but its socket. */
export interface Serving {
  readonly app: FastifyInstance;
  readonly webhooks: Webhooks;
  /** The nights that it runs; null: it runs none. */
  readonly schedule: Scheduler | null;
  /** When those are due; null: it runs none. */
  readonly inForce: ScheduleInForce | null;
  close(): void;
}

/**
 * Requests and the work on webhooks each have a connection to the record of their own: the former wait for locks without
 * keeping anybody waiting, the latter cannot. Throws DatabaseError and UsageError with what to do about it.
 */
export async function createServing(
  context: Context,
  token: ApiToken | null,
  { withSchedule = false }: { readonly withSchedule?: boolean } = {},
): Promise<Serving> {
  const { io, log } = context;
  const inForce = withSchedule ? await demandReady(context) : null;
  // Wrong settings are an error also where they are not used; whoever runs nights has looked at these already.
  if (inForce === null) demandTellable(context);
  // Created and migrated with all patience.
  createRecord(context);
  const store = reopenRecord(context, LIMITS.tryMs);
  const working = reopenRecord(context, LIMITS.workerTryMs);
  const close = () => {
    working.close();
    store.close();
  };
  try {
    const events = { ...working.events, accept: store.events.accept };
    const canClose = hasCredentials(context);
    if (canClose) await loadForSweeps(context);
    const all = canClose ? withCloseRequests(events, working.asked) : events;
    const webhooks = createWebhooks(context, { ...working, events: all });
    const { clock } = io;
    const turns = createTurns({
      ...{ record: store.served, clock },
      ...{ limit: LIMITS.writes, patienceMs: LIMITS.patienceMs },
    });
    const { worker } = webhooks;
    const schedule = inForce === null ? null : scheduleBeside(context, inForce, store);
    const metrics = serverMetrics(context, {
      ...{ store, turns, worker },
      nextAt: () => schedule?.state().nextAt ?? null,
      unrecorded: () => readUnrecordedNight(databasePath(context)),
    });
    const revealToken = token && (() => token.token.reveal());
    const pages = {
      dashboard: await serveDashboard(context, {
        ...{ store: store.dashboard, turns, background: worker.state },
        schedule: () => schedule?.state() ?? null,
        isFed: token !== null || webhooks.hasSenders,
        lastNight: () => readLastNight(databasePath(context)),
      }),
      gate: createGate({ revealToken, hosts: [context.args.text('host') ?? 'localhost'], now: clock.now }),
      log,
    };
    const routes = allRoutes(
      { record: store.served, turns, clock, onAsked: worker.wake },
      { acceptWebhook: countedWebhooks(webhooks.acceptWebhook, metrics.onWebhook) },
      pages,
      io.version,
      // Without a token there are only programs of this machine to ask.
      [metricsRoute({ ...metrics, type: CONTENT_TYPE, isPublic: token === null, gate: pages.gate })],
    );
    const onAnswered = metrics.served(routes);
    return {
      app: createApp({ routes, revealToken, newId: randomUUID, log, onAnswered }),
      ...{ webhooks, schedule, inForce },
      close: () => {
        metrics.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** A name mistyped makes a record too, so that it is told. */
function createRecord(context: Context): void {
  const { migrated, close } = openRecord(context, 'create');
  close();
  if (migrated?.from !== 0) return;
  context.log.info(`Created ${databasePath(context)} (schema ${migrated.to}); no mapping is in it yet.`);
}

/**
 * Its nights open the record as any sweep does, with the patience of one: requests that wait meanwhile are the smaller harm
 * than a night that is given up.
 */
function scheduleBeside(context: Context, inForce: ScheduleInForce, { nights }: Store): Scheduler {
  return createSchedule(context, {
    inForce,
    lastBeganAt: nights.lastBeganAt(),
    progress: () => NO_PROGRESS,
  });
}

const NO_CREDENTIALS =
  'The credentials for Genesys Cloud are not complete, so close requests wait for the next sweep; nightsweep doctor says what is missing.';

/** Without them mappings and requests are taken all the same, for the sweep to work on. */
function hasCredentials({ surroundings, log }: Context): boolean {
  try {
    loadCredentials(surroundings);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    log.info(NO_CREDENTIALS);
    return false;
  }
}
