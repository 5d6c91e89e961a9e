import type { CloseRequest } from '../domain/close-request.ts';
import { EXIT } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { SweepSettings } from './context.ts';
import type { Ending } from './ending.ts';
import type { Pool } from './pool.ts';
import type { Clock, PageKey, WorkStore } from './ports.ts';
import type { Look, Settle } from './settle.ts';
import type { SettleEnded } from './settle-ended.ts';
import type { Survey } from './survey.ts';

/**
 * Rows read from the database at a time without a survey. Requests that others made meanwhile are served between
 * pages, so a page is also how long they wait: at 300 requests a minute some ten seconds. With a survey a page is
 * what one call takes, most of which is settled by it.
 */
const PAGE_SIZE = 50;

/** The share of a run's limit, time and requests that goes to watching what has ended already. */
const WATCH_SHARE = 0.1;
/** …but a quiet night may always spend this many. */
const WATCH_FLOOR = 100;

export interface FeedParts {
  readonly work: WorkStore;
  readonly clock: Clock;
  readonly ending: Ending;
  readonly pool: Pool;
  readonly settle: Settle;
  readonly settleEnded: SettleEnded;
  readonly survey: Survey;
  readonly settings: SweepSettings;
  readonly runId: number;
  readonly startedAt: Instant;
  /** Called for each conversation taken in hand. */
  readonly onTake: (look: Look) => void;
  /** Called between pages. */
  readonly onPage: () => Promise<void>;
}

/** Part of what is due: what must be read, and the key to go on from; null: it is the last. */
interface Page {
  readonly rest: readonly PageKey[];
  readonly last: PageKey | null;
}

/** Hands the work of one run to the pool, page by page, in the design's order. */
export interface Feed {
  /** All pending requests, or only those of `ids`. */
  requests(ids: ReadonlySet<string> | null): Promise<void>;
  due(): Promise<void>;
  watched(): Promise<void>;
}

export function createFeed(parts: FeedParts): Feed {
  const { work, clock, ending, pool, settle, survey, settings, runId, startedAt } = parts;
  const cutoff = startedAt - settings.policy.staleAfterMs;
  const watchRange = {
    from: startedAt - settings.reopenWatchMs,
    to: startedAt - settings.surveyLagMs,
    runId,
  };
  const inHand = new Set<string>();
  let lastRequest = 0;
  let examined = 0;

  const pageSize = () => survey.idsPerCall || PAGE_SIZE;

  function mayTake(look: Look): boolean {
    if (ending.stopped) return false;
    return !(look !== 'request' && ending.refused) && !(look !== 'watch' && ending.exhausted);
  }

  /** It may be in several lists, and one may have been read before the other was done. */
  const isTaken = (conversationId: string) =>
    inHand.has(conversationId) || work.isDone(runId, conversationId);

  /** False: nothing more may be taken. */
  async function hand(conversationId: string, look: Look): Promise<boolean> {
    if (!mayTake(look)) return false;
    if (isTaken(conversationId)) return true;
    if (settings.limit !== null && examined >= settings.limit) {
      if (look !== 'watch')
        ending.stop(EXIT.workLeft, `The limit of ${settings.limit} (--limit) is reached.`);
      return false;
    }
    parts.onTake(look);
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

  /** What others have asked for meanwhile. */
  async function betweenPages(): Promise<void> {
    await requests(null);
    await parts.onPage();
  }

  /** How much of this share of the run's limit is left; 0 also when this share of its time is used up. */
  function leftOf(share: number): () => number {
    const most =
      settings.limit === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(settings.limit * share));
    const until =
      settings.maxDurationMs === null ? Number.POSITIVE_INFINITY : startedAt + settings.maxDurationMs * share;
    return () => (clock.now() >= until ? 0 : most - examined);
  }

  /** Settles those of a page that the survey shows to have ended; the others, in order. */
  async function ruleOut(page: readonly PageKey[]): Promise<readonly PageKey[]> {
    const candidates = page.filter(({ conversationId }) => !isTaken(conversationId));
    const ended = await survey.endedOf(candidates.map(({ conversationId }) => conversationId));
    const settled = parts.settleEnded(ended);
    examined += settled.size;
    return page.filter(({ conversationId }) => !settled.has(conversationId));
  }

  /** The next page and what the survey leaves of it; null when nothing more is due or may be taken. */
  async function load(after: PageKey | null, left: number): Promise<Page | null> {
    const size = Math.min(pageSize(), left);
    if (size <= 0 || !mayTake('due')) return null;
    const page = work.pageDue({ cutoff, now: clock.now(), runId }, after, size);
    const last = page.length < size ? null : (page.at(-1) ?? null);
    return { rest: await ruleOut(page), last };
  }

  const isAnythingWatched = () =>
    [true, false].some((ours) => work.pageWatched({ ...watchRange, ours }, null, 1).length > 0);

  /** Those that ended lately, while `requests` last: one for each call of the survey, one for each read. */
  async function watch(ours: boolean, requestsLeft: () => number, spend: () => void): Promise<boolean> {
    let after: PageKey | null = null;
    for (;;) {
      const size = pageSize();
      const page: PageKey[] = work.pageWatched({ ...watchRange, ours }, after, size);
      if (survey.idsPerCall > 0 && page.length > 0) spend();
      const ended = await survey.endedOf(page.map(({ conversationId }) => conversationId));
      for (const key of page) {
        after = key;
        if (ended.has(key.conversationId)) continue;
        if (requestsLeft() <= 0 || !(await hand(key.conversationId, 'watch'))) return false;
        spend();
      }
      if (page.length < size) return true;
      await betweenPages();
      if (requestsLeft() <= 0 || !mayTake('watch')) return false;
    }
  }

  return {
    requests,
    due: async () => {
      const left = leftOf(isAnythingWatched() ? 1 - WATCH_SHARE : 1);
      let page = await load(null, left());
      while (page !== null) {
        const { rest, last } = page;
        // The next page is surveyed while this one is worked on, so that the pace never waits for a survey.
        const next = last === null || settings.limit !== null ? null : load(last, left());
        next?.catch(() => {});
        for (const key of rest) {
          if (left() > 0 && (await hand(key.conversationId, 'due'))) continue;
          // It may be why, and must not write after the run has ended.
          await next;
          return;
        }
        await betweenPages();
        page = await (next ?? (last === null ? null : load(last, left())));
      }
    },
    watched: async () => {
      if (!mayTake('watch')) return;
      let requestsLeft = Math.max(WATCH_FLOOR, Math.ceil(examined * WATCH_SHARE));
      const spend = () => {
        requestsLeft--;
      };
      if (await watch(true, () => requestsLeft, spend)) await watch(false, () => requestsLeft, spend);
    },
  };
}
