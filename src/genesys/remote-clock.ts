import type { Conversation } from '../domain/conversation.ts';
import { EARLIEST, type Instant, LATEST, SECOND } from '../domain/time.ts';
import type { Reply } from './dispatch.ts';
import { httpDate } from './rate-limit.ts';

/** How far Genesys's clock is ahead of ours, as the `Date` of its own answers tells. */
export interface RemoteClock {
  observe(reply: Pick<Reply, 'headers' | 'sentAt' | 'answeredAt'>): void;
  /** Remote minus local in ms; null before the first answer that tells its date. */
  skewMs(): number | null;
  /** A moment that Genesys tells, on our clock. */
  toLocal(remote: Instant): Instant;
}

/** Less is latency and the whole seconds of the header, and not a difference of the clocks. */
const NOISE_MS = 3 * SECOND;

export function createRemoteClock(): RemoteClock {
  let skew: number | null = null;
  return {
    observe: ({ headers, sentAt, answeredAt }) => {
      const date = httpDate(headers.date);
      if (date === null) return;
      // It was written after the request had left and before it was here, and its fraction of a second is cut off.
      const least = date - answeredAt;
      const most = date + SECOND - sentAt;
      // The first one may have been long on its way: no more of a difference than it proves.
      skew ??= Math.min(Math.max(0, least), date - sentAt);
      skew = Math.min(Math.max(skew, least), most);
    },
    skewMs: () => skew,
    toLocal: (remote) => {
      if (skew === null || Math.abs(skew) <= NOISE_MS) return remote;
      return Math.min(Math.max(remote - skew, EARLIEST), LATEST);
    },
  };
}

/**
 * The conversation with every moment on our clock. No sign of life becomes older by that: a `Date` may be wrong, one
 * node's or a proxy's, and nothing must be closed because of it.
 */
export function onOurClock(conversation: Conversation, toLocal: (remote: Instant) => Instant): Conversation {
  const local = (remote: Instant | null) => (remote === null ? null : toLocal(remote));
  const alive = (remote: Instant | null) => (remote === null ? null : Math.max(remote, toLocal(remote)));
  return {
    ...conversation,
    endedAt: local(conversation.endedAt),
    lastActivityAt: alive(conversation.lastActivityAt),
    lastCustomerMessageAt: alive(conversation.lastCustomerMessageAt),
    lastAgentMessageAt: alive(conversation.lastAgentMessageAt),
    platformEndsAt: local(conversation.platformEndsAt),
  };
}
