import { ApiError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { SurveyApi } from '../sweep/ports.ts';
import type { Operation, Send } from './request.ts';
import { analyticsDetails } from './wire.ts';

const SURVEY: Operation = {
  what: 'asking analytics about conversations',
  counts: 'surveys',
  permission: 'analytics:conversationDetail:view',
  repeatable: true,
  priority: 'normal',
};

/** `GET /api/v2/analytics/conversations/details?id=…` (official). */
export function createAnalyticsApi(send: Send): SurveyApi {
  return {
    endedOf: async (conversationIds, context) => {
      const path = `/api/v2/analytics/conversations/details?id=${conversationIds.join(',')}`;
      const json = await send({ operation: SURVEY, method: 'GET', path, body: null }, context);
      const parsed = analyticsDetails.safeParse(json);
      if (!parsed.success) {
        throw new ApiError('what analytics answered could not be understood', {
          failure: 'not_json',
          status: 200,
        });
      }
      const ended = new Map<string, Instant>();
      for (const { conversationId, conversationEnd } of parsed.data.conversations ?? []) {
        if (conversationEnd !== null) ended.set(conversationId, conversationEnd);
      }
      return ended;
    },
  };
}
