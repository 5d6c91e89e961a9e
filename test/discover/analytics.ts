import { type DiscoverOpen, type Discovery, discoverOpen } from '../../src/discover/open.ts';
import type { OpenConversation, OpenPage, OpenQuery, Period } from '../../src/discover/ports.ts';
import type { MappingState } from '../../src/domain/mapping.ts';
import { DAY } from '../../src/domain/time.ts';

export const T0 = Date.parse('2026-11-01T00:00:00.000Z');

export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export function open(n: number, startedAt: number): OpenConversation {
  return { conversationId: uuid(n), startedAt, lastChangeAt: null, queueId: null, agentConnected: null };
}

const dayOf = (at: number) => Math.floor(at / DAY);

/** Those that started on a day that the period touches, by their start. */
export function touching<T extends { startedAt: number }>(all: readonly T[], { since, until }: Period): T[] {
  return all
    .filter(({ startedAt }) => dayOf(startedAt) >= dayOf(since) && dayOf(startedAt) <= dayOf(until - 1))
    .sort((a, b) => a.startedAt - b.startedAt);
}

/** The page that the query asks for, of these. */
export function pageOf(all: readonly OpenConversation[], { page }: OpenQuery): OpenPage {
  const conversations = all.slice((page.number - 1) * page.size, page.number * page.size);
  return { conversations, entries: conversations.length, unreadable: 0, total: all.length };
}

/** Discovers ten days of an analytics that answers as told. */
export async function discovered(
  answer: (query: OpenQuery) => Promise<OpenPage> | OpenPage,
  changes: Partial<DiscoverOpen> = {},
  states: ReadonlyMap<string, MappingState> = new Map(),
): Promise<Discovery & { readonly asked: readonly OpenQuery[] }> {
  const asked: OpenQuery[] = [];
  const discovery = await discoverOpen({
    clock: { now: () => T0, sleep: (_ms, signal) => untilAborted(signal) },
    deadlineMs: 60_000,
    signal: new AbortController().signal,
    api: {
      openIn: async (query) => {
        asked.push(query);
        return answer(query);
      },
    },
    store: {
      statesOf: (ids) =>
        new Map(ids.flatMap((id) => (states.has(id) ? [[id, states.get(id) ?? 'open']] : []))),
    },
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    period: { since: T0, until: T0 + 10 * DAY },
    wanted: { messageTypes: ['webmessaging'], queueIds: [], userIds: [] },
    limit: null,
    onProgress: () => {},
    ...changes,
  });
  return { ...discovery, asked };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}
