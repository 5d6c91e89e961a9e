import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LATEST } from '../../src/domain/time.ts';
import { parseEvent } from '../../src/webhook/parse.ts';
import { tries } from '../helpers/fuzz.ts';
import { idOf } from '../simulator/running.ts';
import { acw, bytes } from './make.ts';

const OPTIONS = { webhookId: null, messageTypes: ['webmessaging'] };
const KINDS = ['close_now', 'settle', 'ignored', 'malformed'];

function demandSound(parsed: ReturnType<typeof parseEvent>): void {
  expect(KINDS).toContain(parsed.kind);
  if (parsed.kind === 'malformed') {
    expect(parsed.field).not.toBe('');
    expect(parsed.why).toMatch(/^it must /);
  } else if (parsed.kind === 'ignored') {
    // It may be told to a terminal.
    expect(parsed.name + parsed.why).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(parsed.name.length + parsed.why.length).toBeLessThan(400);
  } else {
    expect(parsed.conversationId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(parsed.eventAt).toBeGreaterThan(0);
    expect(parsed.eventAt).toBeLessThanOrEqual(LATEST);
    expect(parsed.identity.length).toBeLessThan(400);
  }
}

it('any bytes have an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (some) => demandSound(parseEvent(some, OPTIONS))),
    tries(300),
  );
});

it('any JSON has an answer', () => {
  fc.assert(
    fc.property(fc.json(), (some) => demandSound(parseEvent(bytes(some), OPTIONS))),
    tries(300),
  );
});

it('an event with anything in any of its fields has an answer', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      idOf(1),
      'conversation:statusChanged',
      'v2.detail.events.conversation.{id}.acw',
      'wrapup',
      1.8e12,
    ),
  );
  const fields = ['topicName', 'eventBody', 'conversationId', 'eventTime', 'mediaType', 'messageType'];
  const more = ['type', 'event', 'data', 'status', 'timestamp', 'detail', 'id', '__proto__', 'constructor'];
  const changes = fc.dictionary(fc.constantFrom(...fields, ...more), value);
  fc.assert(
    fc.property(changes, changes, fc.boolean(), (outer, inner, nested) => {
      const body = acw(1, Date.UTC(2026, 0, 1), inner);
      const json = nested
        ? { detail: { topicName: 'v2.detail.events.conversation.{id}.acw', eventBody: body }, ...outer }
        : { ...body, ...outer };
      demandSound(parseEvent(bytes(json), OPTIONS));
    }),
    tries(500),
  );
});

it('a depth that no program writes has an answer', () => {
  const deep = 30_000;
  demandSound(parseEvent(bytes(`{"detail":${'['.repeat(deep)}${']'.repeat(deep)}}`), OPTIONS));
  demandSound(parseEvent(bytes(`${'{"data":'.repeat(5_000)}1${'}'.repeat(5_000)}`), OPTIONS));
});
