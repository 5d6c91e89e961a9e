import { parseConversationId } from '../domain/ids.ts';
import { DAY, type Instant, parseInstant } from '../domain/time.ts';
import { analyticsConversation } from './analytics-view.ts';
import { type Call, type Handler, jsonBodyOf } from './call.ts';
import { queryFilter } from './query-filters.ts';
import { badRequest, html, json } from './reply.ts';
import type { WireAnalyticsDetails, WireAnalyticsQueryReply } from './wire.ts';

/** `GET /api/v2/analytics/conversations/details?id=a,b`; ids it does not know are simply missing. */
export const survey: Handler = ({ world, options, now, query }) => {
  const ids = query.getAll('id').flatMap((list) => list.split(','));
  if (ids.length === 0) throw badRequest('At least one conversation id is needed.');
  if (ids.length > options.maxIdsPerSurvey) {
    throw badRequest('At most {limit} conversation ids are allowed.', {
      limit: String(options.maxIdsPerSurvey),
    });
  }
  const asOf = now - options.analyticsLagMs;
  const conversations = ids.flatMap((text) => {
    const id = parseConversationId(text);
    if (id === null) throw badRequest('{id} is not a valid UUID.', { id: text });
    const record = world.get(id);
    return record === null ? [] : (analyticsConversation(record, asOf) ?? []);
  });
  return json(200, { conversations } satisfies WireAnalyticsDetails);
};

const LONGEST_INTERVAL_MS = 31 * DAY;
const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 25;
const MOST_RESULTS = 100_000;

/**
 * `POST /api/v2/analytics/conversations/details/query`: conversations that started on a day (UTC) that the interval
 * touches and match all filters, by their start, page by page. Too many in the interval, whether they match or not, are
 * answered as `heavyQuery` says.
 */
export const queryDetails: Handler = (call) => {
  const body = jsonBodyOf(call);
  const { since, until } = intervalOf(body.interval);
  const page = pageOf(body.paging);
  const { order = 'asc', orderBy = 'conversationStart' } = body;
  if (orderBy !== 'conversationStart' || (order !== 'asc' && order !== 'desc')) {
    throw badRequest('Results can be ordered by conversationStart only, asc or desc.');
  }
  const matches = queryFilter(body);
  const started = startedBetween(call, dayOf(since), dayOf(until - 1) + DAY);
  const { conversations: most, status } = call.options.heavyQuery;
  if (started.length > most) {
    if (status === 400) throw badRequest('The query is too large; reduce the interval.');
    return html(502, '502 Bad Gateway');
  }
  const found = started.filter(matches);
  if (order === 'desc') found.reverse();
  const conversations = found.slice((page.number - 1) * page.size, page.number * page.size);
  return json(200, { conversations, totalHits: found.length } satisfies WireAnalyticsQueryReply);
};

function startedBetween({ world, options, now }: Call, from: Instant, to: Instant) {
  const asOf = now - options.analyticsLagMs;
  return world
    .list()
    .filter(({ startedAt }) => startedAt >= from && startedAt < to)
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
    .flatMap((record) => analyticsConversation(record, asOf) ?? []);
}

function intervalOf(value: unknown): { since: Instant; until: Instant } {
  const [since, until] = String(value).split('/').map(parseInstant);
  if (typeof since !== 'number' || typeof until !== 'number' || since >= until) {
    throw badRequest('The interval must be two ISO-8601 times, the earlier one first.');
  }
  if (until - since > LONGEST_INTERVAL_MS) throw badRequest('The interval must not exceed 31 days.');
  return { since, until };
}

function pageOf(value: unknown): { size: number; number: number } {
  const { pageSize: size = DEFAULT_PAGE, pageNumber: number = 1 } = (value ?? {}) as Record<string, unknown>;
  if (!isCount(size) || !isCount(number) || size > LARGEST_PAGE) {
    throw badRequest('A page has a size from 1 to {most} and a number from 1.', {
      most: String(LARGEST_PAGE),
    });
  }
  if (size * number > MOST_RESULTS) {
    throw badRequest('There are no results beyond {most}.', { most: String(MOST_RESULTS) });
  }
  return { size, number };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function dayOf(at: Instant): Instant {
  return Math.floor(at / DAY) * DAY;
}
