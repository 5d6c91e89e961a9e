import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import type { Store } from '../../src/store/store.ts';
import { tries } from '../helpers/fuzz.ts';
import { HEADER, idOf, NOW, setUp } from '../intake/harness.ts';
import { aServer } from './running.ts';

interface Row {
  readonly sessionId: string;
  readonly conversationId: string;
  readonly startedAt: string;
  readonly lastActivityAt: string | null;
  /** Blanks around values count in neither. */
  readonly blank: string;
}

const hour = fc.integer({ min: -40, max: 40 }).map((hours) => toIso(NOW + hours * HOUR));
const row: fc.Arbitrary<Row> = fc
  .record({
    sessionId: fc.constantFrom('web-1', 'web-2', 'wéb 3', 'discovered:x'),
    conversationId: fc.integer({ min: 1, max: 2 }).map(idOf),
    startedAt: hour,
    lastActivityAt: fc.option(hour),
    blank: fc.constantFrom('', ' '),
  })
  // As discovering writes them.
  .map((one) => (one.sessionId.startsWith('discovered:') ? { ...one, lastActivityAt: null } : one));

/** The rows, and the order in which they are sent, each once at least. */
const sending = fc.array(row, { minLength: 1, maxLength: 6 }).chain((rows) =>
  fc.tuple(
    fc.constant(rows),
    fc.array(fc.constantFrom(...rows), { maxLength: 4 }).chain((again) => shuffled([...rows, ...again])),
  ),
);

function shuffled(rows: readonly Row[]): fc.Arbitrary<Row[]> {
  return fc.shuffledSubarray([...rows], { minLength: rows.length });
}

const userOf = ({ sessionId }: Row) => `user of ${sessionId}`;
const lineOf = (one: Row) =>
  [
    `${one.sessionId}${one.blank}`,
    one.conversationId.toUpperCase(),
    one.startedAt,
    one.lastActivityAt ?? one.blank,
    `${one.blank}${userOf(one)}`,
  ].join(',');

function known(store: Store): unknown {
  return [idOf(1), idOf(2)].map((id) => store.work.known(id).mapping);
}

it('the same rows make the same mapping, by CSV or by PUT, in any order and however often', async () => {
  const server = await aServer();
  server.now = NOW;
  await fc.assert(
    fc.asyncProperty(sending, async ([rows, sent]) => {
      server.clear();
      const csv = setUp();
      await csv.mapping([HEADER, ...rows.map(lineOf), ''].join('\n'));
      for (const one of sent) {
        const { blank, startedAt, lastActivityAt, conversationId } = one;
        const session = encodeURIComponent(`${blank}${one.sessionId}`);
        const { status } = await server.send('PUT', `/sessions/${session}/conversations/${conversationId}`, {
          body: { startedAt: `${startedAt}${blank}`, lastActivityAt, userId: `${userOf(one)}${blank}` },
        });
        const isFuture = Date.parse(startedAt) > NOW + DAY;
        expect(status).toSatisfy((code) => (isFuture ? code === 422 : code === 200 || code === 201));
      }
      expect(known(server.store)).toEqual(known(csv.store));
    }),
    tries(15),
  );
});
