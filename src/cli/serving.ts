import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ApiToken } from '../config/api-token.ts';
import { loadCredentials } from '../config/credentials.ts';
import { UsageError } from '../domain/errors.ts';
import { createApp } from '../serve/app.ts';
import { createGate } from '../serve/gate.ts';
import { LIMITS } from '../serve/limits.ts';
import { allRoutes } from '../serve/routes/index.ts';
import { createTurns } from '../serve/turns.ts';
import { withCloseRequests } from '../webhook/with-close-requests.ts';
import type { Context } from './command.ts';
import { openRecord, reopenRecord } from './compose.ts';
import { serveDashboard } from './dashboard.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** Everything that a server consists of but its socket. */
export interface Serving {
  readonly app: FastifyInstance;
  readonly webhooks: Webhooks;
  close(): void;
}

/**
 * Requests and the work on webhooks each have a connection to the record of their own: the former wait for locks without
 * keeping anybody waiting, the latter cannot. Throws DatabaseError and UsageError with what to do about it.
 */
export function createServing(context: Context, token: ApiToken | null): Serving {
  const { io, log } = context;
  // Created and migrated with all patience.
  openRecord(context, 'create').close();
  const store = reopenRecord(context, LIMITS.tryMs);
  const working = reopenRecord(context, LIMITS.workerTryMs);
  const close = () => {
    working.close();
    store.close();
  };
  try {
    const events = { ...working.events, accept: store.events.accept };
    const all = hasCredentials(context) ? withCloseRequests(events, working.asked) : events;
    const webhooks = createWebhooks(context, { ...working, events: all });
    const { clock } = io;
    const turns = createTurns({
      ...{ record: store.served, clock },
      ...{ limit: LIMITS.writes, patienceMs: LIMITS.patienceMs },
    });
    const { wake, state } = webhooks.worker;
    const revealToken = token && (() => token.token.reveal());
    const pages = {
      dashboard: serveDashboard(context, {
        ...{ store: store.dashboard, turns, background: state, schedule: () => null },
      }),
      gate: createGate({ revealToken, hosts: [context.args.text('host') ?? 'localhost'], now: clock.now }),
      log,
    };
    const deps = { record: store.served, turns, clock, onAsked: wake };
    const routes = allRoutes(deps, webhooks, pages, io.version);
    return { app: createApp({ routes, revealToken, newId: randomUUID, log }), webhooks, close };
  } catch (error) {
    close();
    throw error;
  }
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
