import type { z } from 'zod';
import type { Mapping } from '../../domain/mapping.ts';
import { type Instant, toIso } from '../../domain/time.ts';
import { readId } from '../../intake/cells.ts';
import { checkSession } from '../../intake/check-mapping.ts';
import { checkedField, plainText } from '../fields.ts';
import { HttpProblem, invalid } from '../problem.ts';
import type { Call } from '../route.ts';
import type { mappingReply } from '../schemas.ts';

/** The session and the conversation that the path names, as a file's row would name them. Throws HttpProblem 400. */
export function pairOf({ params }: Call<unknown>): { sessionId: string; conversationId: string } {
  return { sessionId: sessionOf(params.sessionId), conversationId: conversationOf(params.conversationId) };
}

/** Throws HttpProblem 400. */
export function sessionOf(given: string): string {
  const sessionId = plainText(given, 'sessionId');
  if (sessionId === '') throw invalid(400, [{ field: 'sessionId', message: 'The sessionId is empty.' }]);
  checkedField('sessionId', (name) => checkSession(sessionId, name));
  return sessionId;
}

/** Throws HttpProblem 400. */
export function conversationOf(given: string, field = 'conversationId'): string {
  return checkedField(field, (name) => readId(given, name));
}

/** The mapping, when it is this session's. Throws HttpProblem 404 and 409. */
export function demandMapped(mapping: Mapping | null, sessionId: string): Mapping {
  if (mapping === null) {
    throw new HttpProblem(404, 'unknown_conversation', 'No mapping knows this conversation; PUT it first.');
  }
  if (mapping.sessionId !== sessionId) {
    throw new HttpProblem(
      409,
      'other_session',
      'This conversation belongs to another session, which began later; ask for that one.',
    );
  }
  return mapping;
}

type MappingReply = z.infer<typeof mappingReply>;

/** The mapping as it is now, and what the request did to it. */
export function mappingJson(mapping: Mapping, effect: MappingReply['effect']): MappingReply {
  const { conversationId, sessionId, userId, startedAt, lastActivityAt, state, stateAt, holdUntil } = mapping;
  return {
    conversationId,
    sessionId,
    userId,
    startedAt: toIso(startedAt),
    lastActivityAt: iso(lastActivityAt),
    state,
    stateAt: iso(stateAt),
    holdUntil: iso(holdUntil),
    effect,
  };
}

export function iso(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
