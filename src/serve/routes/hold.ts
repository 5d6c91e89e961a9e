import type { z } from 'zod';
import { formatDuration, parseDuration } from '../../config/duration.ts';
import { DAY, type Instant } from '../../domain/time.ts';
import { readTime } from '../../intake/cells.ts';
import { checkedField } from '../fields.ts';
import { invalid } from '../problem.ts';
import { type Answer, type Call, type Route, type RouteDeps, route } from '../route.ts';
import { holdBody, mappingReply } from '../schemas.ts';
import { demandMapped, mappingJson, pairOf } from './mapped.ts';

const PATH = '/sessions/{sessionId}/conversations/{conversationId}/hold';
/** As on the command line. */
const LONGEST = 3_650 * DAY;

/** Leaving a conversation alone until a time. */
export function holdRoutes({ record, turns, clock }: RouteDeps): Route[] {
  const hold = (call: Call<unknown>, until: Instant | null, now: Instant): Promise<Answer> => {
    const { sessionId, conversationId } = pairOf(call);
    return turns.write(() => {
      const known = demandMapped(record.known(conversationId).mapping, sessionId);
      const isSame = known.holdUntil === until;
      if (!isSame) record.hold([conversationId], until, now);
      const body = mappingJson({ ...known, holdUntil: until }, isSame ? 'unchanged' : 'changed');
      return { status: 200, body };
    });
  };

  return [
    route({
      method: 'PUT',
      path: PATH,
      operationId: 'putHold',
      summary: 'Leaves the conversation alone until a time: nothing closes it, not even a request.',
      isPublic: false,
      body: { schema: holdBody, required: true },
      replies: { 200: { description: 'It is on hold.', schema: mappingReply } },
      problems: [404, 409, 422],
      answer: (call) => {
        const now = clock.now();
        return hold(call, untilOf(call.body, now), now);
      },
    }),
    {
      method: 'DELETE',
      path: PATH,
      operationId: 'deleteHold',
      summary: 'Ends the hold.',
      isPublic: false,
      body: null,
      replies: { 200: { description: 'It is not on hold.', schema: mappingReply } },
      problems: [404, 409],
      answer: (call) => hold(call, null, clock.now()),
    },
  ];
}

/** Throws HttpProblem 400 and 422. */
function untilOf(body: z.infer<typeof holdBody>, now: Instant): Instant {
  if ((body.until === undefined) === (body.for === undefined)) {
    throw invalid(400, [{ field: '', message: 'Give either until or for.' }]);
  }
  if (body.for !== undefined) return now + lengthOf(body.for);
  const until = checkedField('until', (name) => readTime((body.until ?? '').trim(), name));
  if (until > now) return until;
  throw invalid(422, [{ field: 'until', message: 'The time in until has passed; DELETE ends a hold.' }]);
}

function lengthOf(text: string): number {
  const parsed = parseDuration(text, 'd');
  if (!parsed.ok) {
    const hint = parsed.hint === null ? '' : ` (${parsed.hint})`;
    throw invalid(400, [{ field: 'for', message: `for is no duration such as 12h or 7d${hint}.` }]);
  }
  if (parsed.value > 0 && parsed.value <= LONGEST) return parsed.value;
  throw invalid(422, [
    { field: 'for', message: `for must be longer than nothing, and ${formatDuration(LONGEST)} at most.` },
  ]);
}
