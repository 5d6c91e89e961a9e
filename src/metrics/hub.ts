import type { RequestObserver } from './ports.ts';

/** Passes on what the clients of this process do to whoever listens at the time. */
export interface RequestHub extends RequestObserver {
  /** Answers how to stop listening. */
  listen(observer: RequestObserver): () => void;
}

export function createRequestHub(): RequestHub {
  const observers = new Set<RequestObserver>();
  return {
    listen: (observer) => {
      observers.add(observer);
      return () => void observers.delete(observer);
    },
    attempted: (attempt) => {
      for (const one of observers) one.attempted(attempt);
    },
    waited: (ms) => {
      for (const one of observers) one.waited(ms);
    },
    retried: () => {
      for (const one of observers) one.retried();
    },
    gaveUp: () => {
      for (const one of observers) one.gaveUp();
    },
  };
}
