import { type Conversation, unreadable } from '../domain/conversation.ts';
import { ApiError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { CallContext, SurveyApi } from '../sweep/ports.ts';
import { canonicalId } from './canonical-id.ts';
import { onOurClock } from './remote-clock.ts';
import type { Operation, Send } from './request.ts';
import { ROUTES } from './routes.ts';
import { analyticsDetails, type WireAnalyticsConversation } from './wire.ts';

const SURVEY: Operation = {
  what: 'asking analytics about conversations',
  counts: 'surveys',
  permission: 'analytics:conversationDetail:view',
  repeatable: true,
  optional: true,
  priority: 'normal',
};

/**
 * The bulk read of the survey.
 *
 * @param toLocal puts a moment of the remote clock on ours
 */
export function createAnalyticsApi(send: Send, toLocal: (remote: Instant) => Instant): SurveyApi {
  return {
    endedOf: async (conversationIds, context) => {
      const told = await analyticsOf(send, SURVEY, conversationIds, context);
      const ended = new Map<string, Conversation>();
      for (const id of conversationIds) {
        const same = told.filter(({ conversationId }) => conversationId === id);
        const [first] = same;
        // An answer that contradicts itself rules nothing out.
        if (first === undefined || same.some(({ conversationEnd }) => conversationEnd === null)) continue;
        ended.set(id, onOurClock(toConversation(first), toLocal));
      }
      return ended;
    },
  };
}

/** `GET /api/v2/analytics/conversations/details?id=…` (official): what analytics knows of these. */
export async function analyticsOf(
  send: Send,
  operation: Operation,
  conversationIds: readonly string[],
  context: CallContext,
): Promise<readonly WireAnalyticsConversation[]> {
  const route = ROUTES.details;
  const path = `${route}?id=${conversationIds.map(canonicalId).join(',')}`;
  const json = await send({ operation, method: 'GET', route, path, body: null }, context);
  const parsed = analyticsDetails.safeParse(json);
  if (!parsed.success) throw notUnderstood();
  return parsed.data.conversations ?? [];
}

/** For an answer that is JSON, and not that of analytics. */
export function notUnderstood(): ApiError {
  return new ApiError('what analytics answered could not be understood', {
    failure: 'not_json',
    status: 200,
  });
}

/** Analytics lists no message times: of an ended conversation only how and when it ended is taken. */
function toConversation(data: WireAnalyticsConversation): Conversation {
  return {
    ...unreadable(data.conversationId, ''),
    problem: null,
    status: wasAnswered(data) ? 'closed' : 'abandoned',
    endedAt: data.conversationEnd,
  };
}

/** An agent who was only alerted has no segment in which they interacted. */
function wasAnswered({ participants }: WireAnalyticsConversation): boolean {
  return (participants ?? []).some(
    ({ purpose, sessions }) =>
      ['agent', 'user'].includes(purpose ?? '') &&
      (sessions ?? []).some(({ segments }) => (segments ?? []).some((one) => one.segmentType === 'interact')),
  );
}
