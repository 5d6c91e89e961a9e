import type { Instant } from '../domain/time.ts';
import type { ResolvedOptions } from './options.ts';
import type { ConversationRecord } from './record.ts';
import { badRequest, notFound, Refusal, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** One authorised request, ready to be carried out. */
export interface Call {
  readonly world: World;
  readonly options: ResolvedOptions;
  readonly now: Instant;
  /** From the path, lower case; null when the path has none or it is not a UUID. */
  readonly conversationId: string | null;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly bodyText: string;
}

/** Carries a request out. @throws {Refusal} for what the remote side answers with an error */
export type Handler = (call: Call) => Reply;

/** @throws {Refusal} 400 for an id that is not a UUID, 404 for one that nobody can read */
export function conversationOf({ world, conversationId }: Call): ConversationRecord {
  if (conversationId === null) throw badRequest('The conversation id is not a valid UUID.');
  const record = world.get(conversationId);
  if (record === null) throw notFound('The requested conversation was not found.');
  return record;
}

/** The JSON object in the body. @throws {Refusal} 415 when it is not declared as JSON, 400 when it is not an object */
export function jsonBodyOf({ contentType, bodyText }: Call): Record<string, unknown> {
  if (!/^application\/json\b/i.test(contentType)) {
    throw new Refusal(415, 'unsupported.media.type', 'The content type of the request is not supported.');
  }
  const value = parseJson(bodyText);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('The request body is not a JSON object.');
  }
  return value as Record<string, unknown>;
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
