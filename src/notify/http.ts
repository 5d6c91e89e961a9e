import { Agent, buildConnector } from 'undici';
import { type Instant, SECOND } from '../domain/time.ts';
import type { Clock } from '../sweep/ports.ts';
import type { Send } from './ports.ts';

/** More of an answer than this is never shown. */
const LONGEST_ANSWER = 1_024;
/** Said here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing. */
const TRUSTED_ONLY = { rejectUnauthorized: true } as const;

/** The way to those who are told; its connections are gone after {@link close}. */
export interface Wire {
  readonly send: Send;
  close(): Promise<void>;
}

export function openWire({ clock, userAgent }: { readonly clock: Clock; readonly userAgent: string }): Wire {
  const agent = new Agent({ connect: TRUSTED_ONLY, pipelining: 1 });
  return {
    send: async ({ url, headers, body }, timeoutMs, signal) => {
      const timeout = new AbortController();
      const done = new AbortController();
      clock.sleep(timeoutMs, done.signal).then(
        () => timeout.abort(timedOutAfter(timeoutMs)),
        () => {},
      );
      try {
        const { origin, pathname, search } = new URL(url);
        const reply = await agent.request({
          origin,
          path: pathname + search,
          method: 'POST',
          headers: { ...headers, 'user-agent': userAgent },
          body,
          signal: AbortSignal.any([timeout.signal, signal]),
        });
        const asked = reply.headers['retry-after'];
        return {
          status: reply.statusCode,
          retryAfterMs: typeof asked === 'string' ? waitOf(asked, clock.now()) : null,
          // It has answered; that the rest stays away is no reason to tell it twice.
          text: await beginningOf(reply.body).catch(() => ''),
        };
      } finally {
        done.abort();
      }
    },
    close: () => agent.destroy(),
  };
}

function timedOutAfter(ms: number): DOMException {
  return new DOMException(`no answer within ${Math.round(ms / 100) / 10} s`, 'TimeoutError');
}

/** Reads no more than is shown; what is left of it takes its connection along. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= LONGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, LONGEST_ANSWER);
}

/** `Retry-After` in seconds or as a date; null: it is neither. */
function waitOf(asked: string, now: Instant): number | null {
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * SECOND;
  const at = Date.parse(asked);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/**
 * Connects, with TLS where the address says so, and hangs up without having said anything. Throws what went wrong.
 */
export function knockAt(url: string, timeoutMs: number): Promise<void> {
  const { protocol, hostname, host, port } = new URL(url);
  const connect = buildConnector({ ...TRUSTED_ONLY, timeout: timeoutMs });
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    connect({ protocol, hostname: address, host, port }, (error, socket) => {
      socket?.destroy();
      if (error === null) resolve();
      else reject(error);
    });
  });
}
