import { z } from 'zod';
import { type Instant, parseInstant } from '../domain/time.ts';
import { said } from './said.ts';

/**
 * The replies as they arrive, reduced to what is used. Unknown fields are ignored; a known one that is malformed
 * makes the whole reply unreadable, because what cannot be read must not lead to a close.
 */
const time = z
  .string()
  .nullish()
  .transform((text, context): Instant | null => {
    if (text === null || text === undefined) return null;
    const instant = parseInstant(text);
    if (instant === null) {
      context.addIssue({ code: 'custom', message: 'is not a time' });
      return z.NEVER;
    }
    return instant;
  });

/** A message whose time is not known may be the latest one. */
const knownTime = time.refine((instant) => instant !== null, 'is missing');

/** A word or name that is shown and recorded. */
const words = z.string().transform((text) => said(text));
const id = z
  .string()
  .toLowerCase()
  .transform((text) => said(text));
const ref = z.object({ id: id.nullish() }).nullish();

const participant = z.object({
  purpose: z.string().toLowerCase(),
  state: z.string().toLowerCase(),
  type: id.nullish(),
  startTime: time,
  connectedTime: time,
  endTime: time,
  parkTime: time,
  resumeTime: time,
  queue: ref,
  messages: z.array(z.object({ messageTime: knownTime })).nullish(),
});

/** `GET /api/v2/conversations/messages/{id}` → MessageConversation (official). */
export const messageConversation = z.object({
  id: id.nullish(),
  participants: z.array(participant),
  divisions: z.array(z.object({ division: ref })).nullish(),
  inactivityTimeout: time,
});
export type WireConversation = z.output<typeof messageConversation>;
export type WireParticipant = WireConversation['participants'][number];

/** `PATCH` of the same path → Conversation (official): the state is that of each communication. */
export const closeReply = z.object({
  id: id.nullish(),
  endTime: time,
  participants: z.array(
    z.object({
      endTime: time,
      messages: z.array(z.object({ state: z.string().toLowerCase().nullish() })).nullish(),
    }),
  ),
});

/** The gateway contract: `active`, `closed`, `abandoned`; any other status is active. */
export const gatewayConversation = z.object({ id: id.nullish(), status: z.string().min(1).toLowerCase() });

/**
 * `GET /api/v2/analytics/conversations/details?id=…` (official). Without `conversationEnd` it has not ended, as far
 * as analytics knows; ids that it does not know are missing.
 */
export const analyticsDetails = z.object({
  conversations: z
    .array(
      z.object({
        conversationId: id,
        conversationEnd: time,
        participants: z
          .array(
            z.object({
              purpose: z.string().toLowerCase().nullish(),
              sessions: z
                .array(
                  z.object({ segments: z.array(z.object({ segmentType: z.string().nullish() })).nullish() }),
                )
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
export type WireAnalyticsConversation = NonNullable<
  z.output<typeof analyticsDetails>['conversations']
>[number];

/**
 * `POST /api/v2/analytics/conversations/details/query` → AnalyticsConversationQueryResponse (official). One entry that
 * is malformed must not hide the others, so each is read by itself.
 */
export const analyticsQueryReply = z.object({
  conversations: z.array(z.unknown()).nullish(),
  totalHits: z.int().nonnegative().nullish(),
});
export const analyticsEntry = z.object({
  conversationId: z.string(),
  conversationStart: knownTime,
  conversationEnd: time,
  participants: z
    .array(
      z.object({
        purpose: z.string().toLowerCase().nullish(),
        sessions: z
          .array(
            z.object({
              messageType: z.string().toLowerCase().nullish(),
              segments: z
                .array(
                  z.object({
                    segmentType: z.string().toLowerCase().nullish(),
                    segmentStart: time,
                    segmentEnd: time,
                    queueId: z.string().nullish(),
                  }),
                )
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
export type WireAnalyticsEntry = z.output<typeof analyticsEntry>;

export const organization = z.object({ id: words, name: words });
export const tokenOwner = z.object({
  organization: organization,
  OAuthClient: z.object({ name: words.nullish() }).nullish(),
});

const ENDED_STATES = ['disconnected', 'terminated'];

export function isEndedState(state: string): boolean {
  return ENDED_STATES.includes(state);
}

const LONGEST_PROBLEM = 200;

/** The first thing wrong with a reply, as `participants[0].state: expected string`. */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not understood';
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return said(`${path.replace(/^\./, '') || 'the reply'}: ${issue.message}`, LONGEST_PROBLEM);
}
