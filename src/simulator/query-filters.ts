import { badRequest } from './reply.ts';
import type { WireAnalyticsConversation } from './wire.ts';

type Predicate = (textOf: (dimension: string) => string | undefined) => boolean;

/** Of these a query may speak here; the real API has many more. */
const OF_CONVERSATION = ['conversationId', 'conversationStart', 'conversationEnd', 'originatingDirection'];
const OF_SEGMENT = [
  ...['mediaType', 'messageType', 'direction', 'purpose', 'userId'],
  ...['queueId', 'segmentType', 'segmentEnd', 'disconnectType'],
];

/**
 * The filters of a conversation details query as one test. All `conversationFilters` must hold for the conversation, and
 * each of the `segmentFilters` for one of its segments.
 *
 * @throws {Refusal} 400 for a filter that is not one
 */
export function queryFilter(
  body: Readonly<Record<string, unknown>>,
): (conversation: WireAnalyticsConversation) => boolean {
  const ofConversation = listOf(body.conversationFilters).map((one) => filterOf(one, OF_CONVERSATION));
  const ofSegments = listOf(body.segmentFilters).map((one) => filterOf(one, OF_SEGMENT));
  return (conversation) => {
    const segments = segmentsOf(conversation);
    return (
      ofConversation.every((holds) => holds((dimension) => textIn(conversation, dimension))) &&
      ofSegments.every((holds) =>
        segments.some((segment) => holds((dimension) => textIn(segment, dimension))),
      )
    );
  };
}

/** Each segment with what its session and participant say. */
function segmentsOf({ participants }: WireAnalyticsConversation): object[] {
  return participants.flatMap(({ sessions, ...participant }) =>
    sessions.flatMap(({ segments, ...session }) =>
      segments.map((segment) => ({ ...participant, ...session, ...segment })),
    ),
  );
}

function textIn(values: object, dimension: string): string | undefined {
  const value = Object.entries(values).find(([name]) => name === dimension)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** `and` or `or` over its predicates and clauses. */
function filterOf(filter: unknown, dimensions: readonly string[]): Predicate {
  const { type, predicates, clauses } = objectOf(filter);
  if (type !== 'and' && type !== 'or') throw badRequest('A filter must be of type and, or or.');
  const parts = [
    ...listOf(predicates).map((one) => predicateOf(one, dimensions)),
    ...listOf(clauses).map((one) => filterOf(one, dimensions)),
  ];
  if (parts.length === 0) throw badRequest('A filter needs a predicate or a clause.');
  return (textOf) =>
    type === 'and' ? parts.every((part) => part(textOf)) : parts.some((part) => part(textOf));
}

function predicateOf(predicate: unknown, dimensions: readonly string[]): Predicate {
  const { type = 'dimension', dimension, operator = 'matches', value } = objectOf(predicate);
  if (type !== 'dimension' || typeof dimension !== 'string' || !dimensions.includes(dimension)) {
    throw badRequest('{dimension} is not a dimension to filter by.', { dimension: String(dimension) });
  }
  switch (operator) {
    case 'exists':
      return (textOf) => textOf(dimension) !== undefined;
    case 'notExists':
      return (textOf) => textOf(dimension) === undefined;
    case 'matches':
      if (typeof value !== 'string') throw badRequest('A predicate that matches needs a value.');
      return (textOf) => textOf(dimension)?.toLowerCase() === value.toLowerCase();
    default:
      throw badRequest('{operator} is not an operator.', { operator: String(operator) });
  }
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('Filters must be a list.');
  return value;
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw badRequest('A filter must be an object.');
  return value as Record<string, unknown>;
}
