import type { CloseRequest } from '../domain/close-request.ts';
import type { Instant } from '../domain/time.ts';

import type { SweepSettings } from './context.ts';
import type { Ending } from './ending.ts';
import type { Pool } from './pool.ts';
import type { Clock, PageKey, WorkStore } from './ports.ts';
import type { Look, Settle } from './settle.ts';

/**
 * Rows read from the database at a time. Requests that others made meanwhile are served between pages, so a page is
 * also how long they wait: at 300 requests a minute some ten seconds.
 */
const PAGE_SIZE = 50;

/** The share of a run's limit, time and reads that goes to watching what has ended already. */
const WATCH_SHARE = 0.1;
/** …but a quiet night may always watch this many. */
const WATCH_FLOOR = 100;

export interface FeedParts {
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly ending: Ending;
  readonly pool: Pool;
  readonly settle: Settle;
  readonly settings: SweepSettings;
  readonly runId: number;
  readonly startedAt: Instant;
  /** Called for each conversation taken in hand; false: the run's limit is reached. */
  readonly take: (look: Look) => boolean;
  /** Called between pages. */
  readonly onPage: () => Promise<void>;
}

/** Hands the work of one run to the pool, page by page, in the design's order. */
export interface Feed {
  /** All pending requests, or only those of `ids`. */
  requests(ids: ReadonlySet<string> | null): Promise<void>;
  due(): Promise<void>;
  watched(): Promise<void>;
}

export function createFeed(parts: FeedParts): Feed {
  const { work, clock, ending, pool, settle, settings, runId, startedAt } = parts;
  const cutoff = startedAt - settings.policy.staleAfterMs;
  const watchRange = {
    from: startedAt - settings.reopenWatchMs,
    to: startedAt - settings.surveyLagMs,
    runId,
  };
  const inHand = new Set<string>();
  let lastRequest = 0;
  let examined = 0;

  /** False: nothing more may be taken. */
  async function hand(conversationId: string, look: Look): Promise<boolean> {
    if (ending.stopped || (look !== 'request' && ending.refused) || (look !== 'watch' && ending.exhausted)) {
      return false;
    }
    // It may be in both lists, and the one may have been read before the other was done.
    if (inHand.has(conversationId) || work.isDone(runId, conversationId)) return true;
    if (!parts.take(look)) return false;
    examined++;
    inHand.add(conversationId);
    await pool.submit((releaseSlot) =>
      settle(conversationId, look, releaseSlot).finally(() => inHand.delete(conversationId)),
    );
    return true;
  }

  async function requests(ids: ReadonlySet<string> | null): Promise<void> {
    for (;;) {
      const page: CloseRequest[] = work.pageRequests(runId, lastRequest, PAGE_SIZE);
      for (const request of page) {
        lastRequest = request.id;
        if (ids !== null && !ids.has(request.conversationId)) continue;
        if (!(await hand(request.conversationId, 'request'))) return;
      }
      if (page.length < PAGE_SIZE) return;
    }
  }

  /** Whether this share of the run's limit and time is used up. */
  function shareOf(share: number): () => boolean {
    const most = settings.limit === null ? Number.POSITIVE_INFINITY : Math.floor(settings.limit * share);
    const until =
      settings.maxDurationMs === null ? Number.POSITIVE_INFINITY : startedAt + settings.maxDurationMs * share;
    return () => examined >= Math.max(1, most) || clock.now() >= until;
  }

  return {
    requests,
    due: async () => {
      const isOver = shareOf(work.pageWatched(watchRange, 1).length > 0 ? 1 - WATCH_SHARE : 1);
      let after: PageKey | null = null;
      for (;;) {
        const page: PageKey[] = work.pageDue({ cutoff, now: clock.now(), runId }, after, PAGE_SIZE);
        for (const key of page) {
          if (isOver()) return;
          after = key;
          if (!(await hand(key.conversationId, 'due'))) return;
        }
        await requests(null);
        await parts.onPage();
        if (page.length < PAGE_SIZE) return;
      }
    },
    watched: async () => {
      const most = Math.max(WATCH_FLOOR, Math.ceil(examined * WATCH_SHARE));
      for (const [at, conversationId] of work.pageWatched(watchRange, most).entries()) {
        if (at > 0 && at % PAGE_SIZE === 0) {
          await requests(null);
          await parts.onPage();
        }
        if (!(await hand(conversationId, 'watch'))) return;
      }
    },
  };
}
