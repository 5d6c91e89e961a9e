import { createHmac, randomUUID } from 'node:crypto';
import type { ConversationEvent } from '../../src/domain/event.ts';
import type { IncomingWebhook } from '../../src/webhook/accept.ts';
import { idOf } from '../simulator/running.ts';

/** From the documentation of Standard Webhooks. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** An event about the nth conversation. */
export function anEvent(n: number, changes: Partial<ConversationEvent> = {}): ConversationEvent {
  return {
    kind: 'close_now',
    name: 'conversation.acw',
    conversationId: idOf(n),
    eventAt: Date.UTC(2026, 0, 15, 1, 59, 58),
    identity: `webhook-id:${randomUUID()}`,
    ...changes,
  };
}

export function bytes(body: unknown): Uint8Array {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Signed by hand, so that whatever is signed can be wrong. */
export function signed(body: unknown, at: number, changes: Record<string, string> = {}): IncomingWebhook {
  const rawBody = bytes(body);
  const id = changes['webhook-id'] ?? 'msg_1';
  const timestamp = changes['webhook-timestamp'] ?? String(Math.floor(at / 1000));
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest('base64');
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
      ...changes,
    },
    rawBody,
  };
}

/** The body of a platform event, with its topic. */
export function acw(n: number, eventTime: number, changes: Record<string, unknown> = {}): object {
  return {
    topicName: `v2.detail.events.conversation.${idOf(n)}.acw`,
    eventTime,
    conversationId: idOf(n),
    participantId: randomUUID(),
    sessionId: randomUUID(),
    mediaType: 'MESSAGE',
    messageType: 'WEBMESSAGING',
    userId: randomUUID(),
    queueId: randomUUID(),
    wrapupCode: 'done',
    ...changes,
  };
}
