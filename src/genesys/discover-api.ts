import type { DiscoverApi, OpenConversation, OpenPage, OpenQuery, Wanted } from '../discover/ports.ts';
import { parseConversationId } from '../domain/ids.ts';
import { type Instant, toIso } from '../domain/time.ts';
import { analyticsOf, notUnderstood } from './analytics-api.ts';
import type { Operation, Send } from './request.ts';
import { ROUTES } from './routes.ts';
import { analyticsEntry, analyticsQueryReply, type WireAnalyticsEntry } from './wire.ts';

const QUERY: Operation = {
  what: 'asking analytics for open conversations',
  counts: 'surveys',
  permission: 'analytics:conversationDetail:view',
  // A POST that only reads.
  repeatable: true,
  optional: false,
  priority: 'normal',
};
const KNOWN: Operation = { ...QUERY, what: 'asking analytics about conversations' };

/**
 * What analytics knows beyond the ids that it is asked for.
 *
 * @param toLocal puts a moment of the remote clock on ours
 */
export function createDiscoverApi(send: Send, toLocal: (remote: Instant) => Instant): DiscoverApi {
  return {
    openIn: async (query, context) => {
      const operation = { ...QUERY, divisible: query.divisible };
      const route = ROUTES.detailsQuery;
      const request = { operation, method: 'POST', route, path: route, body: openQuery(query) } as const;
      const json = await send(request, context);
      return toPage(json, query.wanted, toLocal);
    },
    knownOf: async (conversationIds, context) => {
      const told = await analyticsOf(send, KNOWN, conversationIds, context);
      return new Set(told.map(({ conversationId }) => conversationId));
    },
  };
}

interface Predicate {
  readonly type: 'dimension';
  readonly dimension: string;
  readonly operator: 'matches' | 'notExists';
  readonly value?: string;
}

interface Filter {
  readonly type: 'and' | 'or';
  readonly predicates: Predicate[];
}

/** The body of `POST /api/v2/analytics/conversations/details/query` (official: ConversationQuery). */
export function openQuery({ period, wanted, page }: OpenQuery) {
  const { messageTypes, queueIds, userIds } = wanted;
  return {
    interval: `${toIso(period.since)}/${toIso(period.until)}`,
    order: 'asc',
    orderBy: 'conversationStart',
    conversationFilters: [
      {
        type: 'and',
        predicates: [{ type: 'dimension', dimension: 'conversationEnd', operator: 'notExists' }],
      },
    ] satisfies Filter[],
    segmentFilters: [
      oneOf('mediaType', ['message']),
      oneOf('messageType', messageTypes),
      ...(queueIds.length > 0 ? [oneOf('queueId', queueIds)] : []),
      ...(userIds.length > 0 ? [oneOf('userId', userIds)] : []),
    ],
    paging: { pageSize: page.size, pageNumber: page.number },
  };
}

function oneOf(dimension: string, values: readonly string[]): Filter {
  return {
    type: 'or',
    predicates: values.map((value) => ({ type: 'dimension', dimension, operator: 'matches', value })),
  };
}

function toPage(json: unknown, wanted: Wanted, toLocal: (remote: Instant) => Instant): OpenPage {
  const parsed = analyticsQueryReply.safeParse(json);
  if (!parsed.success) throw notUnderstood();
  const entries = parsed.data.conversations ?? [];
  const conversations: OpenConversation[] = [];
  let unreadable = 0;
  for (const entry of entries) {
    const read = analyticsEntry.safeParse(entry);
    const conversationId = read.success ? parseConversationId(read.data.conversationId) : null;
    if (!read.success || conversationId === null) unreadable++;
    else if (isWanted(read.data, wanted)) {
      conversations.push(toOpen(conversationId, read.data, toLocal));
    }
  }
  return { conversations, entries: entries.length, unreadable, total: parsed.data.totalHits ?? null };
}

/** Whether the filters were heeded; a type that is not told is for the individual read to find out. */
function isWanted(entry: WireAnalyticsEntry, { messageTypes }: Wanted): boolean {
  const types = sessionsOf(entry).flatMap(({ messageType }) => messageType ?? []);
  const isOfType = types.length === 0 || types.some((type) => messageTypes.includes(type));
  return entry.conversationEnd === null && isOfType;
}

function toOpen(
  conversationId: string,
  entry: WireAnalyticsEntry,
  toLocal: (remote: Instant) => Instant,
): OpenConversation {
  const segments = sessionsOf(entry).flatMap((session) => session.segments ?? []);
  const changes = segments.flatMap(({ segmentStart, segmentEnd }) => [segmentStart, segmentEnd]);
  const lastChange = changes.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
  const queues = [...segments]
    .sort((a, b) => (a.segmentStart ?? 0) - (b.segmentStart ?? 0))
    .flatMap(({ queueId }) => queueId ?? []);
  return {
    conversationId,
    startedAt: toLocal(entry.conversationStart),
    lastChangeAt: lastChange === null ? null : toLocal(lastChange),
    // Genesys's ids are UUIDs; any other text has no business in a list.
    queueId: parseConversationId(queues.at(-1) ?? ''),
    agentConnected: isAgentConnected(entry),
  };
}

const AGENT = ['agent', 'user'];

/** An agent who was only alerted, or is in after-call work, has no segment of interaction under way. */
function isAgentConnected({ participants }: WireAnalyticsEntry): boolean | null {
  if (participants === null || participants === undefined) return null;
  return participants.some(
    ({ purpose, sessions }) =>
      AGENT.includes(purpose ?? '') &&
      (sessions ?? []).some(({ segments }) =>
        (segments ?? []).some((one) => one.segmentType === 'interact' && one.segmentEnd === null),
      ),
  );
}

function sessionsOf({ participants }: WireAnalyticsEntry) {
  return (participants ?? []).flatMap(({ sessions }) => sessions ?? []);
}
