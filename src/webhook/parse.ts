import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ConversationEvent, EventKind } from '../domain/event.ts';
import { parseConversationId } from '../domain/ids.ts';
import { beginning, printable } from '../domain/text.ts';
import { EARLIEST, type Instant, LATEST, parseInstant } from '../domain/time.ts';

/** What a body says. `malformed` names the field that is missing or wrong, and what was expected. */
export type Parsed =
  | ConversationEvent
  | { readonly kind: 'ignored'; readonly name: string; readonly why: string }
  | { readonly kind: 'malformed'; readonly field: string; readonly why: string };

export interface ParseOptions {
  /** As the sender numbers it; null: it does not. */
  readonly webhookId: string | null;
  /** The kinds of messaging that may be closed, lower case. */
  readonly messageTypes: readonly string[];
}

/** The event of the design document. */
const STATUS_CHANGED = 'conversation:statusChanged';
const BY_STATUS: Readonly<Record<string, EventKind>> = {
  wrapup: 'close_now',
  closed: 'settle',
  abandoned: 'settle',
};

/** Topics of the platform. Only an agent who is done with it asks for a close; an agent may also hand it over. */
const TOPIC = /^v2\.detail\.events\.conversation\.([^.]{1,64})\.(acw|wrapup|customer\.end|user\.end)$/;
const BY_TOPIC: Readonly<Record<string, EventKind>> = {
  acw: 'close_now',
  wrapup: 'close_now',
  'customer.end': 'settle',
  'user.end': 'settle',
};

/** Genesys never sends a body that comes near this. */
const LONGEST_BODY_BYTES = 64 * 1024;
/** 1973 in milliseconds, and no second that anybody means. */
const LEAST_MS = 1e11;

const id = z.string({ error: 'it must be the id of the conversation' }).transform((text, context) => {
  const parsed = parseConversationId(text);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom', message: 'it must be the id of the conversation' });
  return z.NEVER;
});

const TIME = 'it must be a time: milliseconds since 1970, or ISO 8601 with a time zone';
const moment = z.union([z.number(), z.string()], { error: TIME }).transform((value, context) => {
  const at = typeof value === 'string' ? parseInstant(value) : value;
  if (at !== null && Number.isInteger(at) && at >= LEAST_MS && at >= EARLIEST && at <= LATEST) return at;
  context.addIssue({ code: 'custom', message: TIME });
  return z.NEVER;
});

const anything = z.record(z.string(), z.unknown());
const told = z.string().optional().catch(undefined);
const statusBody = z.object({
  conversationId: id,
  status: z.string({ error: 'it must be the new status' }),
});
const platformBody = z.object({ conversationId: id, mediaType: told, messageType: told });

/** Reads the body of a webhook. Total: whatever the bytes are, it answers. */
export function parseEvent(bytes: Uint8Array, options: ParseOptions): Parsed {
  const json = readObject(bytes);
  if (json === null) return malformed('body', 'it must be a JSON object of at most 64 KiB in UTF-8');
  const detail = objectOf(json.detail);
  if (detail !== null && typeof detail.topicName === 'string') {
    const eventId = typeof json.id === 'string' && json.id !== '' ? `eventbridge:${clean(json.id)}` : null;
    return platformEvent(detail.topicName, objectOf(detail.eventBody), 'detail.eventBody.', eventId, options);
  }
  if (typeof json.topicName === 'string') {
    const inner = objectOf(json.eventBody);
    const where = inner === null ? '' : 'eventBody.';
    return platformEvent(json.topicName, inner ?? json, where, null, options);
  }
  const name = [json.type, json.event].find((one) => typeof one === 'string');
  if (name === STATUS_CHANGED) return statusChanged(json, options);
  if (typeof name === 'string') return ignored(name, 'it is no event that anything follows from');
  return malformed('topicName', 'it must be there to say which event this is, or type, or event');
}

function platformEvent(
  topic: string,
  body: Record<string, unknown> | null,
  where: string,
  eventId: string | null,
  options: ParseOptions,
): Parsed {
  const [, topicId = '', end = ''] = TOPIC.exec(topic) ?? [];
  const kind = BY_TOPIC[end];
  if (kind === undefined) return ignored(topic, 'it is no event that anything follows from');
  const name = `conversation.${end}`;
  const parsed = platformBody.safeParse(body ?? {});
  if (!parsed.success) return malformedBy(parsed.error, where);
  const { conversationId, mediaType, messageType } = parsed.data;
  const ofTopic = parseConversationId(topicId);
  if (ofTopic !== null && ofTopic !== conversationId) {
    return malformed(`${where}conversationId`, 'it must be the conversation of the topic');
  }
  const medium = otherMedium(mediaType, messageType, options.messageTypes);
  if (medium !== null) return ignored(name, medium);
  const at = z.object({ eventTime: moment }).safeParse(body);
  if (!at.success) return malformedBy(at.error, where);
  const { eventTime: eventAt } = at.data;
  return {
    kind,
    name,
    conversationId,
    eventAt,
    identity: identityOf(eventId, topic, conversationId, eventAt, options),
  };
}

/** Nobody has seen one: its fields may stand at the top or, as Standard Webhooks has it, in `data`. */
function statusChanged(json: Record<string, unknown>, options: ParseOptions): Parsed {
  const data = objectOf(json.data);
  const where = data === null ? '' : 'data.';
  const body = data ?? json;
  const parsed = statusBody.safeParse(body);
  if (!parsed.success) return malformedBy(parsed.error, where);
  const { conversationId, status } = parsed.data;
  const kind = Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined;
  if (kind === undefined) return ignored(STATUS_CHANGED, `nothing follows from the status ${clean(status)}`);
  const at = moment.safeParse(body.timestamp ?? body.eventTime ?? json.timestamp);
  if (!at.success) return malformed(`${where}timestamp`, TIME);
  const identity = identityOf(null, `${STATUS_CHANGED}.${status}`, conversationId, at.data, options);
  return { kind, name: STATUS_CHANGED, conversationId, eventAt: at.data, identity };
}

/** The sender's own number for it where there is one, or else what makes it this event. */
function identityOf(
  eventId: string | null,
  topic: string,
  conversationId: string,
  eventAt: Instant,
  { webhookId }: ParseOptions,
): string {
  if (eventId !== null) return eventId;
  if (webhookId !== null) return `webhook-id:${webhookId}`;
  const end = TOPIC.exec(topic)?.[2] ?? topic;
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([end, conversationId, eventAt]))
    .digest('hex')}`;
}

/** Why it is none of ours; null where it is, or does not tell: then the read does. */
function otherMedium(
  mediaType: string | undefined,
  messageType: string | undefined,
  messageTypes: readonly string[],
): string | null {
  if (mediaType !== undefined && mediaType.toLowerCase() !== 'message') {
    return `its medium is ${clean(mediaType)}, not messaging`;
  }
  const type = messageType?.toLowerCase();
  if (type === undefined || type === '' || type === 'unknown' || messageTypes.includes(type)) return null;
  return `it is ${clean(type)}, not ours to close`;
}

function readObject(bytes: Uint8Array): Record<string, unknown> | null {
  if (bytes.length > LONGEST_BODY_BYTES) return null;
  try {
    return objectOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    // Whatever is wrong with it, it is no JSON.
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  const parsed = anything.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** What others wrote, for a line of ours. */
function clean(text: string): string {
  return printable(beginning(text, 100), '?');
}

function ignored(name: string, why: string): Parsed {
  return { kind: 'ignored', name: clean(name), why };
}

function malformed(field: string, why: string): Parsed {
  return { kind: 'malformed', field, why };
}

function malformedBy({ issues: [issue] }: z.ZodError, where: string): Parsed {
  return malformed(where + (issue?.path.join('.') ?? ''), issue?.message ?? 'it is wrong');
}
