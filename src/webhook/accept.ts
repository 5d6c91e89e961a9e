import type { EventKind } from '../domain/event.ts';
import type { Clock, Log } from '../sweep/ports.ts';
import type { Acceptor } from './acceptor.ts';
import type { WebhookHeaders } from './headers.ts';
import { parseEvent } from './parse.ts';
import { type Senders, verifySender } from './verify.ts';

/** One webhook as it came in; the body as its very bytes, for they are what was signed. */
export interface IncomingWebhook {
  readonly headers: WebhookHeaders;
  readonly rawBody: Uint8Array;
}

/** What to answer to the sender. Every `why` is a sentence without a secret and without what customers wrote. */
export type WebhookAnswer =
  | {
      /** On record, now or before. */
      readonly status: 'accepted' | 'duplicate';
      readonly event: string;
      readonly kind: EventKind;
      readonly conversationId: string;
    }
  | { readonly status: 'ignored'; readonly event: string; readonly why: string }
  | { readonly status: 'unauthorized' | 'not_configured'; readonly why: string }
  | { readonly status: 'bad_request'; readonly field: string; readonly why: string }
  | { readonly status: 'busy'; readonly retryAfterSeconds: number };

/** How many webhooks got which answer since the start. */
export type WebhookCounts = Readonly<Record<WebhookAnswer['status'], number>>;

export interface WebhookIntake {
  /** Verifies, reads and records one webhook. Throws DatabaseError when it could not be recorded. */
  acceptWebhook(webhook: IncomingWebhook): Promise<WebhookAnswer>;
  counts(): WebhookCounts;
}

const RETRY_AFTER_SECONDS = 2;

export function createWebhookIntake(parts: {
  readonly senders: Senders;
  readonly messageTypes: readonly string[];
  readonly acceptor: Acceptor;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}): WebhookIntake {
  const { senders, messageTypes, acceptor, clock, log } = parts;
  const counts: Record<WebhookAnswer['status'], number> = {
    accepted: 0,
    duplicate: 0,
    ignored: 0,
    unauthorized: 0,
    not_configured: 0,
    bad_request: 0,
    busy: 0,
  };

  async function answer({ headers, rawBody }: IncomingWebhook): Promise<WebhookAnswer> {
    const verified = verifySender(headers, rawBody, senders, clock.now());
    if (verified.status !== 'verified') return verified;
    const event = parseEvent(rawBody, { webhookId: verified.webhookId, messageTypes });
    if (event.kind === 'ignored') return { status: 'ignored', event: event.name, why: event.why };
    if (event.kind === 'malformed') return { status: 'bad_request', field: event.field, why: event.why };
    const status = await acceptor.accept(event);
    if (status === 'busy') return { status, retryAfterSeconds: RETRY_AFTER_SECONDS };
    const { name, kind, conversationId } = event;
    return { status, event: name, kind, conversationId };
  }

  return {
    acceptWebhook: async (webhook) => {
      const answered = await answer(webhook);
      counts[answered.status]++;
      log.debug(`a webhook was answered: ${answered.status}`, { ...answered });
      return answered;
    },
    counts: () => ({ ...counts }),
  };
}
