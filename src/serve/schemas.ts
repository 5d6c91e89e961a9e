import { z } from 'zod';
import { OUTCOMES } from '../domain/outcome.ts';
import { MAX_REASON_LENGTH } from '../intake/check-close.ts';
import { MAX_NAME_LENGTH } from '../intake/check-mapping.ts';
import { LIMITS } from './limits.ts';

/** The shapes of bodies and answers: what validates the former, and what `/openapi.json` tells of both. */

const LONGEST_TIME = 40;
const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const time = (description: string) =>
  z
    .string()
    .min(1)
    .max(LONGEST_TIME)
    .meta({
      description: `${description} ISO 8601 with a time zone, not before the year 2000.`,
      format: 'date-time',
      examples: ['2026-11-24T09:30:00Z'],
    });
const moment = (description: string) => z.string().meta({ description, format: 'date-time' });
const name = (description: string) => z.string().min(1).max(MAX_NAME_LENGTH).meta({ description });
const uuid = (description: string) =>
  z.string().regex(UUID, 'It is not a UUID').meta({ description, format: 'uuid' });

export const PARAMETERS = {
  sessionId: name("The session's id in your own system."),
  conversationId: uuid("The conversation's id at Genesys Cloud."),
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .meta({ description: 'The id of a close request.' }),
} as const;

export const mappingBody = z
  .strictObject({
    startedAt: time('When the session had this conversation first.'),
    lastActivityAt: time('The last sign of life on your side; null or left out: unknown.').nullish(),
    userId: name('Whose session it is; null or left out: unknown.').nullish(),
  })
  .meta({ id: 'MappingBody' });

export const activityBody = z
  .strictObject({ at: time('When the visitor was active; left out: now.').nullish() })
  .meta({ id: 'ActivityBody' });

export const closuresBody = z
  .strictObject({
    conversationIds: z
      .array(uuid('A conversation; no mapping need know it.'))
      .min(1)
      .max(LIMITS.conversations)
      .optional(),
    sessionId: name('All its open conversations instead.').optional(),
    reason: z.string().max(MAX_REASON_LENGTH).nullish().meta({ description: 'For the record.' }),
    force: z
      .boolean()
      .optional()
      .meta({ description: 'Close even what was active since it was asked for.', default: false }),
  })
  .meta({ id: 'ClosuresBody', description: 'Either conversationIds or sessionId.' });

export const holdBody = z
  .strictObject({
    until: time('The end of the hold, in the future.').optional(),
    for: z
      .string()
      .min(1)
      .max(LONGEST_TIME)
      .optional()
      .meta({ description: 'How long instead, from now on.', examples: ['12h', '7d'] }),
  })
  .meta({ id: 'HoldBody', description: 'Either until or for.' });

const outcome = z.enum(OUTCOMES);
const state = z.enum(['open', 'closed', 'gone']);

const mapping = z.object({
  conversationId: z.string(),
  userId: z.string().nullable(),
  startedAt: moment('When the session had it first.'),
  lastActivityAt: moment('The last sign of life on your side.').nullable(),
  state: state.meta({ description: 'As it was last seen at Genesys Cloud.' }),
  stateAt: moment('When that was.').nullable(),
  holdUntil: moment('Nothing closes it before.').nullable(),
});

export const mappingReply = mapping
  .extend({
    sessionId: z.string().meta({ description: 'Who has the conversation: the session that began later.' }),
    effect: z.enum(['accepted', 'changed', 'unchanged']).meta({ description: 'What the request did.' }),
  })
  .meta({ id: 'Mapping' });

export const sessionReply = z
  .object({
    sessionId: z.string(),
    total: z.int().meta({ description: 'How many conversations it has; the newest are listed.' }),
    conversations: z.array(
      mapping.extend({
        lastOutcome: z
          .object({ outcome, reason: z.string().nullable(), decidedAt: moment('When it was decided.') })
          .nullable(),
      }),
    ),
  })
  .meta({ id: 'Session' });

export const closuresReply = z
  .object({
    requests: z.array(
      z.object({
        id: z.int().meta({ description: 'Ask for its outcome with GET /closures/{id}.' }),
        conversationId: z.string(),
        effect: z.enum(['accepted', 'unchanged']).meta({ description: 'unchanged: one was pending.' }),
      }),
    ),
  })
  .meta({ id: 'Closures' });

export const closureReply = z
  .object({
    id: z.int(),
    conversationId: z.string(),
    status: z.enum(['pending', 'settled']),
    outcome: outcome.nullable().meta({ description: 'Null while it is pending.' }),
    outcomeReason: z.string().nullable(),
    detail: z.string().nullable(),
    runId: z.int().nullable(),
    reason: z.string().nullable(),
    origin: z.string(),
    force: z.boolean(),
    requestedAt: moment('When it was asked for.'),
    settledAt: moment('When its outcome was decided.').nullable(),
  })
  .meta({ id: 'Closure' });

export const webhookReply = z
  .object({
    status: z.enum(['accepted', 'duplicate', 'ignored']),
    event: z.string(),
    conversationId: z.string().nullable(),
    why: z.string().nullable().meta({ description: 'Why it is ignored.' }),
  })
  .meta({ id: 'Webhook' });

export const statusReply = z.object({ status: z.literal('ok') }).meta({ id: 'Status' });

export const problemReply = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'One sentence.' }),
    code: z.string().meta({ description: 'For machines.' }),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    requestId: z.string().meta({ description: 'As in X-Request-Id and the log.' }),
  })
  .meta({ id: 'Problem' });
