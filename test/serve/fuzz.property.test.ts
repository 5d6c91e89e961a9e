import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tries } from '../helpers/fuzz.ts';
import { mutated, type Operation, operationsOf, resolved, valid } from './generate.ts';
import { aServer, type Said, type Sent, type Server, TOKEN } from './running.ts';

const HEADERS: readonly Record<string, string>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=latin1' },
  { 'content-type': 'application/json;;;' },
  { 'content-type': '' },
  { 'x-request-id': 'a'.repeat(500) },
  { accept: 'text/html' },
  { 'content-encoding': 'gzip' },
  {},
];

/** A step of a path that every client takes before it sends anything, also where it is encoded. */
const DOTS = /\/\.{1,2}(\/|$)/;

/** A request that the description permits. */
function proper(operation: Operation): fc.Arbitrary<{ path: string; sent: Sent }> {
  const names = Object.keys(operation.parameters);
  const parameters = fc.tuple(...names.map((name) => valid(operation.parameters[name])));
  const body = operation.body === null ? fc.constant(undefined) : valid(operation.body);
  return fc
    .tuple(parameters, body)
    .map(([values, sent]) => ({
      path: names.reduce(
        (path, name, i) => path.replace(`{${name}}`, encodeURIComponent(values[i])),
        operation.path,
      ),
      sent: sent === undefined ? {} : { body: JSON.stringify(sent) },
    }))
    .filter(({ path }) => !DOTS.test(path));
}

/** The same with something wrong in its path, its headers or its body. */
function improper(operation: Operation): fc.Arbitrary<{ path: string; sent: Sent }> {
  return fc
    .tuple(proper(operation), fc.constantFrom(...HEADERS), fc.option(fc.webPath({ size: 'small' })))
    .chain(([{ path, sent }, headers, other]) =>
      mutated(typeof sent.body === 'string' ? JSON.parse(sent.body) : {}).map((body) => ({
        path: other === null ? path : `${path}${other}`,
        sent: { body, headers, token: headers.accept === undefined ? TOKEN : null },
      })),
    );
}

async function descriptionOf(server: Server): Promise<{ operations: Operation[]; description: unknown }> {
  const { json } = await server.send('GET', '/openapi.json');
  return { operations: operationsOf(json), description: json };
}

describe('its own description', () => {
  it('refers to nothing that is not there, and names each operation once', async () => {
    const { description } = await descriptionOf(await aServer());
    expect(() => resolved(description, description)).not.toThrow();
    const names = [...JSON.stringify(description).matchAll(/"operationId":"(\w+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(8);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is kept: what it permits is answered as it says', async () => {
    const server = await aServer();
    const { operations } = await descriptionOf(server);
    const one = fc.oneof(
      ...operations.map((operation) => proper(operation).map((request) => ({ operation, ...request }))),
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(one, async ({ operation, path, sent }) => {
        const said = await server.send(operation.method, path, sent);
        seen.add(said.status);
        expect(operation.statuses, `${operation.method} ${path} ${said.text}`).toContain(said.status);
        expect(said.status).toBeLessThan(500);
      }),
      // So many that each of these answers is there: one in a hundred is the rarest.
      tries(1_000),
    );
    expect([...seen]).toEqual(expect.arrayContaining([200, 201, 202, 404]));
  });

  it('is no trap: whatever is sent instead is refused in good order', async () => {
    const server = await aServer();
    const { operations } = await descriptionOf(server);
    const methods = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS');
    const one = fc.oneof(
      ...operations.map((operation) =>
        fc.tuple(improper(operation), fc.oneof(fc.constant(operation.method), methods)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(one, async ([{ path, sent }, method]) => {
        // That each refusal is a proper problem is looked at with every answer.
        const withBody = method === 'GET' ? { ...sent, body: undefined } : sent;
        const said: Said = await server.send(method, path, withBody);
        expect(said.status, `${method} ${path} ${said.text}`).toBeLessThan(500);
      }),
      tries(300),
    );
    expect((await server.send('GET', '/readyz')).status).toBe(200);
  });
});
