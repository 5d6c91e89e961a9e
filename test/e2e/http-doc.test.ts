import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LIMITS } from '../../src/serve/limits.ts';
import { aPlace } from './place.ts';
import { serveIn } from './server.ts';

const doc = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
/** Each command line with the answer below it. */
const EXAMPLES = [...doc.matchAll(/```sh\n(curl [^\n]+)\n```\n\n```json\n(.+?)```/gs)];

/** What differs from one day to another. */
function undated(text: string): unknown {
  return JSON.parse(text, (key, value) => {
    if (key === 'requestId') return '(id)';
    return typeof value === 'string' ? value.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, '(time)') : value;
  });
}

it('docs/http.md shows what is answered', async () => {
  expect(EXAMPLES).toHaveLength(doc.match(/^curl /gm)?.length ?? 0);
  expect(EXAMPLES.length).toBeGreaterThan(8);
  const place = await aPlace();
  // So that what is asked for stays pending.
  place.env.GENESYS_CLIENT_ID = undefined;
  const { send } = await serveIn(place);
  for (const [, command = '', answer = ''] of EXAMPLES) {
    const [, method = 'GET'] = /-X (\w+)/.exec(command) ?? [];
    const [, body] = /--json '([^']+)'/.exec(command) ?? [];
    const [, path = ''] = /\$URL(\S+)$/.exec(command) ?? [];
    const token = command.includes('Bearer $TOKEN') ? {} : { token: null };
    // The day of the examples may lie ahead.
    const sent = { ...token, body: body?.replace(/2026-11-24(?=T[\d:]+Z)/, '2025-11-24') };
    const said = await send(method, path, sent);
    expect(undated(said.text), command).toEqual(undated(answer));
  }
});

it('docs/http.md tells the limits that there are', () => {
  const { connections, bodyBytes, headerBytes, headersMs, requestMs, writes } = LIMITS;
  expect(doc.replaceAll(/\s+/g, ' ')).toContain(
    `${connections} connections, ${bodyBytes / 1024} KiB a body, ${headerBytes / 1024} KiB of headers, ${headersMs / 1000} s for headers and ${requestMs / 1000} s for a whole request, ${writes} writes that wait`,
  );
});
