import { z } from 'zod';
import { PROBLEM_TYPE, titleOf } from './problem.ts';
import type { Parameter, Reply, Route } from './route.ts';
import { PARAMETERS, problemReply } from './schemas.ts';

/** By name. */
type Schemas = Record<string, object>;

/** Refusals that a route may answer with because it takes a token, reads a body, or writes. */
const WITH_TOKEN = [401, 403];
const WITH_RECORD = [400, 429, 503];
const WITH_BODY = [413, 415];
const ALWAYS = [500];

/** The description of the routes (OpenAPI 3.1), from the same schemas that check what comes in. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Schemas = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  const problem = { description: 'What went wrong (RFC 9457).', content: problemContent(schemas) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'nightsweep',
      version,
      description: 'Tells nightsweep which session has which conversation, and asks it for closes.',
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: { Problem: problem },
      schemas,
    },
  };
}

/** Every status that the route may refuse with. */
export function refusalsOf({ isPublic, body, problems }: Route): number[] {
  const all = [
    ...problems,
    ...(isPublic ? [] : [...WITH_TOKEN, ...WITH_RECORD]),
    ...(body === null ? [] : WITH_BODY),
    ...ALWAYS,
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}

function operation(route: Route, schemas: Schemas): object {
  const { operationId, summary, isPublic, body, replies } = route;
  const parameters = parametersOf(route.path);
  const refusals = refusalsOf(route).map((status) => [
    status,
    { description: titleOf(status), $ref: '#/components/responses/Problem' },
  ]);
  const answers = Object.entries(replies).map(([status, reply]) => [
    status,
    { description: reply.description, content: contentOf(reply, schemas) },
  ]);
  return {
    operationId,
    summary,
    security: isPublic ? [] : [{ token: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: bodyOf(body, schemas) }),
    responses: Object.fromEntries([...answers, ...refusals]),
  };
}

function contentOf(reply: Reply, schemas: Schemas): object {
  return 'type' in reply
    ? { [reply.type]: { schema: { type: 'string' } } }
    : { 'application/json': { schema: jsonSchema(reply.schema, schemas) } };
}

function bodyOf(body: NonNullable<Route['body']>, schemas: Schemas): object {
  if (body === 'bytes') return { required: true, content: { 'application/json': { schema: {} } } };
  const { schema, required } = body;
  return { required, content: { 'application/json': { schema: jsonSchema(schema, schemas) } } };
}

function parametersOf(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const { description, ...schema } = jsonSchema(PARAMETERS[name as Parameter], {});
    return { name, in: 'path', required: true, description, schema };
  });
}

function problemContent(schemas: Schemas): object {
  return { [PROBLEM_TYPE]: { schema: jsonSchema(problemReply, schemas) } };
}

/** The schema for where it is used; those that have a name are put among `schemas` and referred to. */
function jsonSchema(schema: z.ZodType, schemas: Schemas): Record<string, unknown> {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  const { id, ...plain } = rest;
  if ($defs === undefined && id === undefined) return plain;
  const text = JSON.stringify({ $defs: $defs ?? {}, rest });
  const moved = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [name, { id: _, ...body }] of Object.entries<Record<string, unknown>>(moved.$defs)) {
    schemas[name] = body;
  }
  return moved.rest;
}
