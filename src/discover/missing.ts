import type { RemoteStatus } from '../domain/conversation.ts';
import { ApiError, EXIT, type ExitCode, worstExit } from '../domain/errors.ts';
import type { ConversationApi } from '../sweep/ports.ts';
import { type Asking, ask, forbidden, LIMIT_REACHED, type Stop, Stopped } from './asking.ts';
import type { DiscoverApi, DiscoverStore, OpenMapping, Period } from './ports.ts';

/** What one read of its own showed; `failed`: it could not be read, `why` says how. */
export interface Verified {
  readonly result: 'not_found' | RemoteStatus | 'failed';
  readonly why: string | null;
}

export interface MissingMapping extends OpenMapping {
  /** Null: not read. */
  readonly verified: Verified | null;
}

/** Open mappings that analytics does not know, and how far that goes. */
export interface MissingFound {
  readonly missing: readonly MissingMapping[];
  /** Open mappings of the period that analytics was asked about. */
  readonly asked: number;
  /** Why the rest was not asked about, or not read; null: all was. */
  readonly stop: Stop | null;
}

export interface FindMissing extends Asking {
  readonly api: Pick<DiscoverApi, 'knownOf'>;
  readonly conversations: Pick<ConversationApi, 'read'>;
  readonly store: Pick<DiscoverStore, 'pageOpen'>;
  readonly period: Period;
  /** Reads each of them: only a 404 proves that there is no such conversation. */
  readonly verify: boolean;
  /** Mappings to list at most; null: no limit. */
  readonly limit: number | null;
}

/** The most ids of one call that have been seen to work (field). */
const MOST_IDS = 100;

/**
 * Finds open mappings whose conversation analytics does not know at all, neither open nor ended. It records nothing: a
 * sweep reads each by itself, and what answers 404 there becomes `gone`.
 */
export async function findMissing(options: FindMissing): Promise<MissingFound> {
  const { api, store, period, limit, verify } = options;
  const missing: MissingMapping[] = [];
  let asked = 0;
  let mostIds = MOST_IDS;

  async function take(mappings: readonly OpenMapping[]): Promise<void> {
    const known = await knownOf(mappings.map(({ conversationId }) => conversationId));
    for (const mapping of mappings) {
      asked++;
      if (known.has(mapping.conversationId)) continue;
      if (limit !== null && missing.length >= limit) throw new Stopped(LIMIT_REACHED);
      missing.push({ ...mapping, verified: verify ? await verified(options, mapping) : null });
    }
  }

  async function knownOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    // The size may shrink on the way.
    for (let from = 0; from < ids.length; ) {
      const some = ids.slice(from, from + mostIds);
      try {
        for (const id of await ask(options, (context) => api.knownOf(some, context))) known.add(id);
        from += some.length;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.failure === 'forbidden') throw forbidden(error);
        if (error.status !== 400 || some.length === 1) throw unanswered(error);
        mostIds = Math.ceil(some.length / 2);
      }
    }
    return known;
  }

  let stop: Stop | null = null;
  try {
    for (let after: string | null = null; ; ) {
      const page: OpenMapping[] = store.pageOpen(period, after, MOST_IDS);
      if (page.length === 0) break;
      await take(page);
      after = page.at(-1)?.conversationId ?? null;
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    stop = error.stop;
  }
  return { missing, asked, stop };
}

/** The exit code that this deserves. */
export function missingExit({ missing, stop }: MissingFound): ExitCode {
  const failed = missing.some(({ verified }) => verified?.result === 'failed');
  return worstExit([stop?.exitCode ?? EXIT.ok, failed ? EXIT.incomplete : EXIT.ok]);
}

async function verified(options: FindMissing, { conversationId }: OpenMapping): Promise<Verified> {
  try {
    const read = await ask(options, (context) => options.conversations.read(conversationId, context));
    if (read === null) return { result: 'not_found', why: null };
    return { result: read.status, why: read.problem };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { result: 'failed', why: error.message };
  }
}

/** Without this answer nobody can tell which ones are missing. */
function unanswered(error: ApiError): Stopped {
  const sentence = `No list of what is missing: ${error.message}; run again later.`;
  return new Stopped({ exitCode: EXIT.unavailable, sentence }, { cause: error });
}
