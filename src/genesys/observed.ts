import { ApiError } from '../domain/errors.ts';
import type { RequestObserver } from '../metrics/ports.ts';
import type { Clock } from '../sweep/ports.ts';
import type { Dispatch } from './dispatch.ts';

/** For clients that nobody looks at. */
export const NOBODY: RequestObserver = {
  attempted: () => {},
  waited: () => {},
  retried: () => {},
  gaveUp: () => {},
};

/** Dispatches, and tells what came of the attempt. `route` names it, since its URL holds ids. */
export function observed(
  dispatch: Dispatch,
  { observer, clock, route }: { observer: RequestObserver; clock: Pick<Clock, 'now'>; route: string },
): Dispatch {
  return async (attempt) => {
    const { method } = attempt;
    const sentAt = clock.now();
    const tell = (status: number | 'never_sent' | 'lost') =>
      observer.attempted({ method, route, status, durationMs: clock.now() - sentAt });
    try {
      const reply = await dispatch(attempt);
      tell(reply.status);
      return reply;
    } catch (error) {
      tell(error instanceof ApiError && error.failure === 'never_sent' ? 'never_sent' : 'lost');
      throw error;
    }
  };
}
