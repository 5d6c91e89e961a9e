import { Agent } from 'undici';
import type { Clock, Log } from '../sweep/ports.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createPacer, type Pacer } from './pacer.ts';

/** How attempts reach the remote side, and at what pace: all of the client that takes sockets and timers. */
export interface Line {
  readonly dispatch: Dispatch;
  readonly pacer: Pacer;
  /** Closes the connections; nothing waits any more. */
  close(): Promise<void>;
}

export interface LineOptions {
  readonly attemptTimeoutMs: number;
  readonly concurrency: number;
  readonly ratePerMinute: number;
  readonly budgetShare: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Connections of HTTP/1.1, and the pacer. */
export function openLine(options: LineOptions): Line {
  const { clock, log, attemptTimeoutMs } = options;
  const agent = new Agent({
    connect: {
      // Sooner than that of the attempt, whose time-out could not tell that nothing was sent yet.
      timeout: attemptTimeoutMs / 2,
      // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing.
      rejectUnauthorized: true,
    },
    // One at a time on a connection: what was written to one that dies is known to be that one request.
    pipelining: 1,
    headersTimeout: attemptTimeoutMs,
    bodyTimeout: attemptTimeoutMs,
    connections: options.concurrency,
  });
  const pacer = createPacer({
    clock,
    ratePerMinute: options.ratePerMinute,
    budgetShare: options.budgetShare,
    onError: (error) => log.warn('the pacer reported an error', { error: String(error) }),
  });
  return {
    dispatch: createDispatch({ agent, clock, attemptTimeoutMs }),
    pacer,
    close: () => {
      pacer.stop();
      return agent.destroy();
    },
  };
}
