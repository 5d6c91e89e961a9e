import { loadWebhookSecrets } from '../config/webhook-secrets.ts';
import { EXIT } from '../domain/errors.ts';
import type { Client } from '../genesys/client.ts';
import type { Store } from '../store/store.ts';
import { BATCH_LIMITS, serveBatch } from '../sweep/serve-batch.ts';
import { createWebhookIntake, type WebhookIntake } from '../webhook/accept.ts';
import { createAcceptor } from '../webhook/acceptor.ts';
import type { BatchRunner } from '../webhook/ports.ts';
import type { Senders } from '../webhook/verify.ts';
import { createWorker, type Worker } from '../webhook/worker.ts';
import type { Context } from './command.ts';
import { connect, sweepDeps, sweepSettings } from './compose.ts';
import { warnWhenExposed } from './exposure.ts';
import { NO_PROGRESS } from './progress.ts';
import { signingKey } from './signing-key.ts';

/** Everything about webhooks that a server mounts. */
export interface Webhooks extends WebhookIntake {
  readonly worker: Worker;
  /** Whether a secret is set by which a sender could be known. */
  readonly hasSenders: boolean;
  /** Events on record that nothing has become of yet. Throws DatabaseError. */
  pending(): number;
  /** Stops the worker within the grace and hangs up; what is on record stays for the next start. */
  stop(): Promise<void>;
}

/** @throws UsageError when a secret is there and cannot be used */
export function createWebhooks(context: Context, store: Store): Webhooks {
  const { io, log } = context;
  const { config } = context.config();
  const senders = sendersOf(context);
  const delayMs = config.webhookDelayMs;
  const { batches, hangUp } = createBatches(context, store);
  const inner = createWorker({
    events: store.events,
    batches,
    clock: io.clock,
    random: io.random,
    log,
    delayMs,
    graceMs: Math.min(config.graceMs, BATCH_LIMITS.graceMs),
  });
  const acceptor = createAcceptor({ events: store.events, clock: io.clock, delayMs, onAccepted: inner.wake });
  const { messageTypes } = config.policy;
  const worker: Worker = {
    ...inner,
    state: () => {
      const state = inner.state();
      return { ...state, trouble: state.trouble === null ? null : context.secrets.redact(state.trouble) };
    },
  };
  return {
    ...createWebhookIntake({ senders, messageTypes, acceptor, clock: io.clock, log }),
    worker,
    hasSenders: senders.signingKey !== null || senders.token !== null,
    pending: store.events.countPending,
    stop: async () => {
      await worker.stop();
      await hangUp();
    },
  };
}

function sendersOf(context: Context): Senders {
  const { secret, token, files } = loadWebhookSecrets(context.surroundings);
  for (const file of files) warnWhenExposed(context.log, 'The file with a secret of webhooks', file);
  return {
    signingKey: signingKey(secret, 'NIGHTSWEEP_WEBHOOK_SECRET'),
    token: token === null ? null : () => token.reveal(),
  };
}

/** How a batch ends after which the connection is not to be trusted: a new one knows nothing of the old trouble. */
const TROUBLE: readonly number[] = [EXIT.auth, EXIT.unavailable];

/**
 * All batches share one client, and so one token and one pace, for as long as it is well. After trouble a new one takes
 * its place, with credentials read afresh: its breaker is closed, and a secret that was changed meanwhile is known.
 */
function createBatches(
  context: Context,
  store: Store,
): { batches: BatchRunner; hangUp: () => Promise<void> } {
  const never = new AbortController();
  let client: Client | null = null;

  async function hangUp(): Promise<void> {
    const old = client;
    client = null;
    await old?.close();
  }

  return {
    hangUp,
    batches: {
      run: async (work, interrupts) => {
        client ??= await connect(context, never.signal);
        let isWell = true;
        const { remote } = client;
        const hungUp = () => {
          isWell = false;
          remote.hangUp();
        };
        // At the end of the grace nothing is waited for any more, not even an answer.
        interrupts.abort.addEventListener('abort', hungUp, { once: true });
        try {
          const deps = await sweepDeps(context, store, client, { progress: NO_PROGRESS });
          const served = await serveBatch(
            { ...deps, remote: { ...remote, hangUp: hungUp }, confirm: null },
            sweepSettings(context.config().config),
            work,
            interrupts,
          );
          if (served === null) return null;
          const { report, stillActive } = served;
          isWell = isWell && !TROUBLE.includes(report.exitCode);
          return { exitCode: report.exitCode, message: report.message, stillActive };
        } catch (error) {
          isWell = false;
          throw error;
        } finally {
          interrupts.abort.removeEventListener('abort', hungUp);
          if (!isWell) await hangUp();
        }
      },
    },
  };
}
