import type { OpenConversation, OpenPage, OpenQuery } from './ports.ts';

/** The most conversations on a page (official). */
export const PAGE_SIZE = 100;

/** How the pages of one piece were read. */
export interface PagesRead {
  /** Entries that could not be understood. */
  readonly unreadable: number;
  /** All that analytics says there are have been seen. */
  readonly complete: boolean;
}

/** There are no results beyond (official): a piece with more must be cut. */
export const MOST_RESULTS = 100_000;

/** What ends while it is paged through moves others over the edge of a page; then all pages are read again. */
const MOST_ROUNDS = 3;

/**
 * Reads all pages of one piece; null when it has more than can be paged through. What `ask` or `take` throws is thrown
 * on.
 *
 * @param ask one page, counted from 1
 * @param take gets the conversations of each page at once, and some of them again
 */
export async function readPages(
  ask: (page: OpenQuery['page']) => Promise<OpenPage>,
  take: (conversations: readonly OpenConversation[]) => void,
): Promise<PagesRead | null> {
  let unreadable = 0;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const pages = await readRound(ask, take);
    if (pages === null) return null;
    unreadable = Math.max(unreadable, sum(pages, 'unreadable'));
    if (isWhole(pages)) return { unreadable, complete: true };
  }
  return { unreadable, complete: false };
}

async function readRound(
  ask: (page: OpenQuery['page']) => Promise<OpenPage>,
  take: (conversations: readonly OpenConversation[]) => void,
): Promise<PageCounts[] | null> {
  const pages: PageCounts[] = [];
  for (;;) {
    const { conversations, entries, unreadable, total } = await ask({
      number: pages.length + 1,
      size: PAGE_SIZE,
    });
    take(conversations);
    pages.push({ entries, unreadable, total });
    if ((total ?? 0) > MOST_RESULTS) return null;
    const reach = pages.length * PAGE_SIZE;
    const isLast = total === null ? entries < PAGE_SIZE : reach >= total;
    // An empty page is the end, whatever the total says.
    if (isLast || entries === 0) return pages;
    if (reach >= MOST_RESULTS) return null;
  }
}

type PageCounts = Omit<OpenPage, 'conversations'>;

/** Nothing went away between the first page and the last, and there were as many as was said. */
function isWhole(pages: readonly PageCounts[]): boolean {
  const first = pages[0]?.total ?? null;
  const last = pages.at(-1)?.total ?? null;
  if (first === null || last === null) return true;
  return last >= first && sum(pages, 'entries') >= last;
}

function sum(pages: readonly PageCounts[], what: 'entries' | 'unreadable'): number {
  return pages.reduce((total, page) => total + page[what], 0);
}
