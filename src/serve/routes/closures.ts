import type { z } from 'zod';
import { toIso } from '../../domain/time.ts';
import { readReason } from '../../intake/check-close.ts';
import { checkedField, plainText } from '../fields.ts';
import { LIMITS } from '../limits.ts';
import type { ServedRequest } from '../ports.ts';
import { HttpProblem, invalid } from '../problem.ts';
import { type Answer, type Call, type Route, type RouteDeps, route } from '../route.ts';
import { closureReply, closuresBody, closuresReply } from '../schemas.ts';
import { conversationOf, iso, sessionOf } from './mapped.ts';
import { HTTP } from './mappings.ts';

/** Asking for closes, and for what became of them. */
export function closureRoutes({ record, turns, clock, onAsked }: RouteDeps): Route[] {
  const postClosures = async ({ body }: Call<z.infer<typeof closuresBody>>): Promise<Answer> => {
    const now = clock.now();
    const named = namedIn(body);
    const reason = reasonOf(body.reason);
    const requests = await turns.write(() => {
      const ids = 'ids' in named ? named.ids : openOf(record.conversationsOf(named.sessionId));
      const force = body.force ?? false;
      const asked = ids.map((conversationId) => ({ conversationId, reason, origin: HTTP, force }));
      return record.requestCloses(asked, now).map(({ effect, requestId: id }, at) => ({
        id,
        conversationId: ids[at] ?? '',
        effect: effect === 'unchanged' ? ('unchanged' as const) : ('accepted' as const),
      }));
    });
    onAsked();
    const answer: z.infer<typeof closuresReply> = { requests };
    return { status: 202, body: answer };
  };

  return [
    route({
      method: 'POST',
      path: '/closures',
      operationId: 'postClosures',
      summary: 'Asks for conversations to be closed; all of them are taken, or none.',
      isPublic: false,
      body: { schema: closuresBody, required: true },
      replies: { 202: { description: 'The requests are on record.', schema: closuresReply } },
      problems: [404, 422],
      answer: postClosures,
    }),
    {
      method: 'GET',
      path: '/closures/{id}',
      operationId: 'getClosure',
      summary: 'Whether a close request is pending, or its outcome.',
      isPublic: false,
      body: null,
      replies: { 200: { description: 'The request.', schema: closureReply } },
      problems: [404],
      answer: async ({ params }) => {
        if (!/^[1-9]\d{0,14}$/.test(params.id)) {
          throw invalid(400, [{ field: 'id', message: 'The id of a close request is a number.' }]);
        }
        const found = await turns.read(() => record.request(Number(params.id)));
        if (found !== null) return { status: 200, body: closureJson(found) };
        throw new HttpProblem(404, 'unknown_request', 'There is no close request with this id.');
      },
    },
  ];
}

/** Throws HttpProblem 400. */
function namedIn(body: z.infer<typeof closuresBody>): { ids: string[] } | { sessionId: string } {
  const { conversationIds, sessionId } = body;
  if (conversationIds !== undefined && sessionId === undefined) {
    const ids = conversationIds.map((id, at) => conversationOf(id, `conversationIds.${at}`));
    return { ids: [...new Set(ids)] };
  }
  if (conversationIds === undefined && sessionId !== undefined) return { sessionId: sessionOf(sessionId) };
  throw invalid(400, [{ field: '', message: 'Give either conversationIds or sessionId.' }]);
}

/** Throws HttpProblem 404 and 422. */
function openOf(ids: string[]): string[] {
  if (ids.length === 0) {
    throw new HttpProblem(404, 'nothing_open', 'No mapping of this session is open.');
  }
  if (ids.length <= LIMITS.conversations) return ids;
  throw invalid(422, [
    {
      field: 'sessionId',
      message: `The session has ${ids.length} open conversations; ask for ${LIMITS.conversations} at most, by conversationIds.`,
    },
  ]);
}

function reasonOf(given: string | null | undefined): string | null {
  const text = plainText(given ?? '', 'reason');
  return text === '' ? null : checkedField('reason', (name) => readReason(text, name));
}

function closureJson(request: ServedRequest): z.infer<typeof closureReply> {
  const { id, conversationId, reason, origin, force, requestedAt, settledAt, outcome, because } = request;
  return {
    id,
    conversationId,
    status: settledAt === null ? 'pending' : 'settled',
    outcome,
    outcomeReason: because?.reason ?? null,
    detail: because?.detail ?? null,
    runId: because?.runId ?? null,
    reason,
    origin,
    force,
    requestedAt: toIso(requestedAt),
    settledAt: iso(settledAt),
  };
}
