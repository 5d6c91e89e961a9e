import type { WebhookAnswer, WebhookIntake } from '../../webhook/accept.ts';
import { HttpProblem, invalid, later } from '../problem.ts';
import type { Answer, Call, Route, RouteDeps } from '../route.ts';
import { webhookReply } from '../schemas.ts';

/** Where Genesys Cloud, or what stands in between, sends events to. Who sends proves it by a signature or its own token. */
export function webhookRoutes(
  { turns }: Pick<RouteDeps, 'turns'>,
  { acceptWebhook }: Pick<WebhookIntake, 'acceptWebhook'>,
): Route[] {
  return [
    {
      method: 'POST',
      path: '/webhooks/genesys',
      operationId: 'postWebhook',
      summary: 'Takes an event of Genesys Cloud; signed (Standard Webhooks) or with the token of webhooks.',
      isPublic: true,
      body: 'bytes',
      replies: {
        202: { description: 'It is on record, now or before; or it is ignored.', schema: webhookReply },
      },
      problems: [400, 401, 403, 413, 503],
      // A lock in the way is waited for; what was put on record meanwhile would be a duplicate.
      answer: async ({ headers, body }: Call<Buffer>) =>
        answerOf(await turns.read(() => acceptWebhook({ headers, rawBody: body }))),
    },
  ];
}

/** Throws HttpProblem for what is not taken. */
function answerOf(said: WebhookAnswer): Answer {
  switch (said.status) {
    case 'accepted':
    case 'duplicate': {
      const { status, event, conversationId } = said;
      return {
        status: 202,
        body: { status, event, conversationId, why: null },
      };
    }
    case 'ignored':
      return {
        status: 202,
        body: { status: said.status, event: said.event, conversationId: null, why: said.why },
      };
    case 'unauthorized': {
      const challenge = { 'www-authenticate': 'Bearer realm="nightsweep webhooks"' };
      throw new HttpProblem(401, 'unauthorized', `The webhook is not accepted: ${said.why}.`, {
        headers: challenge,
      });
    }
    case 'not_configured':
      throw new HttpProblem(403, 'no_sender_configured', `The webhook is not accepted: ${said.why}.`);
    case 'bad_request':
      throw invalid(400, [{ field: said.field, message: `${said.field}: ${said.why}.` }]);
    case 'busy':
      throw later(
        503,
        'too_many_events',
        'Too many events wait already; send it again.',
        said.retryAfterSeconds,
      );
  }
}
