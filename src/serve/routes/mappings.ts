import type { z } from 'zod';
import type { Mapping } from '../../domain/mapping.ts';
import type { Instant } from '../../domain/time.ts';
import { readTime } from '../../intake/cells.ts';
import { checkStart, checkUser } from '../../intake/check-mapping.ts';
import type { MappingRow } from '../../intake/ports.ts';
import { checkedField, plainText } from '../fields.ts';
import { type Answer, type Call, type Route, type RouteDeps, route } from '../route.ts';
import { activityBody, mappingBody, mappingReply } from '../schemas.ts';
import { demandMapped, mappingJson, pairOf } from './mapped.ts';

/** What is recorded as the `source` of a mapping, and as the `origin` of a close request. */
export const HTTP = 'http';

const PATH = '/sessions/{sessionId}/conversations/{conversationId}';

/** Mappings come in one by one, under the rules of a mapping file. */
export function mappingRoutes({ record, turns, clock }: RouteDeps): Route[] {
  const put = (row: MappingRow, now: Instant) => {
    const [effect = 'unchanged'] = record.putMappings([row], HTTP, now);
    const { mapping } = record.known(row.conversationId);
    return { effect, mapping: mapping as Mapping };
  };

  const putMapping = (call: Call<z.infer<typeof mappingBody>>): Promise<Answer> => {
    const now = clock.now();
    const row = rowOf(call, now);
    return turns.write(() => {
      const { effect, mapping } = put(row, now);
      return { status: effect === 'accepted' ? 201 : 200, body: mappingJson(mapping, effect) };
    });
  };

  const postActivity = (call: Call<z.infer<typeof activityBody> | undefined>): Promise<Answer> => {
    const now = clock.now();
    const { sessionId, conversationId } = pairOf(call);
    const at = timeOf(call.body?.at, 'at') ?? now;
    return turns.write(() => {
      const { userId, startedAt } = demandMapped(record.known(conversationId).mapping, sessionId);
      const row = { conversationId, sessionId, userId, startedAt, lastActivityAt: at };
      const { effect, mapping } = put(row, now);
      return { status: 200, body: mappingJson(mapping, effect) };
    });
  };

  return [
    route({
      method: 'PUT',
      path: PATH,
      operationId: 'putMapping',
      summary: 'Tells that a session has a conversation. Sent again it changes nothing.',
      isPublic: false,
      body: { schema: mappingBody, required: true },
      replies: {
        200: { description: 'It was known; this is what is known now.', schema: mappingReply },
        201: { description: 'It is new.', schema: mappingReply },
      },
      problems: [422],
      answer: putMapping,
    }),
    route({
      method: 'POST',
      path: `${PATH}/activity`,
      operationId: 'postActivity',
      summary: 'Tells that the visitor was active. Activity never moves back.',
      isPublic: false,
      body: { schema: activityBody.optional(), required: false },
      replies: { 200: { description: 'What is known now.', schema: mappingReply } },
      problems: [404, 409],
      answer: postActivity,
    }),
  ];
}

/** The checks of a mapping file, on each field. Throws HttpProblem 400 and 422. */
function rowOf(call: Call<z.infer<typeof mappingBody>>, now: Instant): MappingRow {
  const { body } = call;
  const startedAt = checkedField('startedAt', (name) => {
    const at = readTime(body.startedAt.trim(), name);
    checkStart(at, name, now);
    return at;
  });
  const userId = plainText(body.userId ?? '', 'userId') || null;
  if (userId !== null) checkedField('userId', (name) => checkUser(userId, name));
  return {
    ...pairOf(call),
    userId,
    startedAt,
    lastActivityAt: timeOf(body.lastActivityAt, 'lastActivityAt'),
  };
}

function timeOf(given: string | null | undefined, field: string): Instant | null {
  const text = (given ?? '').trim();
  return text === '' ? null : checkedField(field, (name) => readTime(text, name));
}
