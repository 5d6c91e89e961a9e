import type { z } from 'zod';
import { toIso } from '../../domain/time.ts';
import { LIMITS } from '../limits.ts';
import type { ServedConversation } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import type { Route, RouteDeps } from '../route.ts';
import { sessionReply } from '../schemas.ts';
import { iso, sessionOf } from './mapped.ts';

/** What is known of a session. */
export function sessionRoutes({ record, turns }: RouteDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/sessions/{sessionId}',
      operationId: 'getSession',
      summary: 'The conversations of a session, those that began last first.',
      isPublic: false,
      body: null,
      replies: {
        200: { description: `All of them, or the newest ${LIMITS.conversations}.`, schema: sessionReply },
      },
      problems: [404],
      answer: async ({ params }) => {
        const sessionId = sessionOf(params.sessionId);
        const { total, items } = await turns.read(() => record.session(sessionId, LIMITS.conversations));
        if (total === 0) {
          throw new HttpProblem(404, 'unknown_session', 'No mapping knows this session.');
        }
        const body: z.infer<typeof sessionReply> = {
          sessionId,
          total,
          conversations: items.map(conversationJson),
        };
        return { status: 200, body };
      },
    },
  ];
}

function conversationJson(one: ServedConversation): z.infer<typeof sessionReply>['conversations'][number] {
  const { lastOutcome } = one;
  return {
    conversationId: one.conversationId,
    userId: one.userId,
    startedAt: toIso(one.startedAt),
    lastActivityAt: iso(one.lastActivityAt),
    state: one.state,
    stateAt: iso(one.stateAt),
    holdUntil: iso(one.holdUntil),
    lastOutcome: lastOutcome && { ...lastOutcome, decidedAt: toIso(lastOutcome.decidedAt) },
  };
}
