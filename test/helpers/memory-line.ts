import { setImmediate as turn } from 'node:timers/promises';
import { ApiError } from '../../src/domain/errors.ts';
import { SECOND } from '../../src/domain/time.ts';
import type { Attempt, Dispatch } from '../../src/genesys/dispatch.ts';
import type { Line, LineOptions } from '../../src/genesys/line.ts';
import { orAborted } from '../../src/genesys/or-aborted.ts';
import type { Pacer } from '../../src/genesys/pacer.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { Clock } from '../../src/sweep/ports.ts';

/** Nothing listens there. */
const PORT = 9;
const URL_OF_NOTHING = `http://127.0.0.1:${PORT}`;

export interface MemoryLines {
  /** The same one, started and stopped without sockets. */
  readonly simulator: Simulator;
  /** Requests that are not answered to the end; one that never will be is none of them. */
  inFlight(): number;
  open(options: LineOptions): Line;
}

/** Lines straight onto a simulator in this process: no sockets, no Bottleneck, no real time. */
export function memoryLines(simulator: Simulator): MemoryLines {
  const waiting = new Set<Attempt>();
  let listening: AbortController | null = null;

  async function exchange(attempt: Attempt, signal: AbortSignal) {
    await turn();
    const { mishap, headers } = await simulator.answer(incoming(attempt), signal);
    if (typeof mishap === 'object' && 'status' in mishap) {
      const all = Object.entries({ ...headers, ...mishap.headers });
      return {
        status: mishap.status,
        headers: Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value])),
        body: mishap.body.toString(),
      };
    }
    const isCut = typeof mishap === 'object' ? mishap.spoilt === 'cut' : mishap !== 'silence';
    if (isCut) throw new ApiError('the connection died', { failure: 'lost', code: 'ECONNRESET' });
    waiting.delete(attempt);
    return new Promise<never>(() => {});
  }

  function createDispatch({ clock, attemptTimeoutMs }: LineOptions): Dispatch {
    return async (attempt) => {
      if (listening === null)
        throw new ApiError(`${URL_OF_NOTHING} cannot be reached`, { failure: 'never_sent' });
      const { signal } = listening;
      const sentAt = clock.now();
      const tooLate = new AbortController();
      const done = new AbortController();
      clock.sleep(attemptTimeoutMs, done.signal).then(
        () => tooLate.abort(new ApiError(`no answer in ${attemptTimeoutMs / SECOND} s`, { failure: 'lost' })),
        () => {},
      );
      waiting.add(attempt);
      try {
        const either = AbortSignal.any([signal, tooLate.signal]);
        const answer = await orAborted(exchange(attempt, signal), either);
        const now = clock.now();
        return { ...answer, sentAt, answeredAt: now, receivedAt: now };
      } finally {
        waiting.delete(attempt);
        done.abort();
      }
    };
  }

  return {
    simulator: {
      ...simulator,
      start: async () => {
        listening = new AbortController();
        return { url: URL_OF_NOTHING, port: PORT };
      },
      stop: async () => {
        listening?.abort(new ApiError('cut', { failure: 'lost', code: 'ECONNRESET' }));
        listening = null;
      },
    },
    inFlight: () => waiting.size,
    open: (options) => ({
      dispatch: createDispatch(options),
      pacer: createPausingPacer(options.clock),
      close: async () => {},
    }),
  };
}

function incoming({ method, url, headers, body }: Attempt) {
  return {
    method,
    url: new URL(url),
    authorization: headers.authorization,
    contentType: headers['content-type'] ?? '',
    bodyText: body ?? '',
  };
}

/** Lets everybody through at once, except in a pause. */
function createPausingPacer(clock: Clock): Pacer {
  let until = Number.NEGATIVE_INFINITY;
  const pausedForMs = () => Math.max(0, until - clock.now());
  return {
    run: async (attempt, signal) => {
      while (pausedForMs() > 0) await clock.sleep(pausedForMs(), signal);
      signal.throwIfAborted();
      return attempt();
    },
    pauseFor: (ms) => {
      until = Math.max(until, clock.now() + ms);
    },
    pausedForMs,
    stop: () => {},
  };
}
