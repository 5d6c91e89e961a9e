import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnded } from '../../src/domain/conversation.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { readMessageConversation } from '../../src/genesys/platform-conversation.ts';
import { messageConversation } from '../../src/simulator/platform-view.ts';
import { population } from '../../src/simulator/population.ts';
import { START } from '../helpers/virtual-clock.ts';
import { changed, type Path, pathsIn, REMOVED } from './mutations.ts';

const VALID = population(7, 60, START).map(messageConversation);

const place = fc
  .constantFrom(...VALID)
  .chain((valid) => fc.tuple(fc.constant(valid), fc.constantFrom(...pathsIn(valid).slice(1))));

/** What a time, a text, a list or an object may turn into when something between us breaks it. */
const garbage = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.string(),
  fc.constantFrom('', 'null', 'undefined', 'now', '0', '2026-13-45T00:00:00Z', '2026-01-01T00:00:00'),
  fc.constant({}),
  fc.array(fc.integer(), { maxLength: 2 }),
);

const read = (json: unknown) => readMessageConversation(VALID[0]?.id ?? '', json);
const readAs = (id: string, json: unknown) => readMessageConversation(id, json);

describe('reading replies that something has damaged', () => {
  it('never throws, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(read(json).status).toBe('unknown');
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever stands in the place of a part', () => {
    fc.assert(
      fc.property(place, fc.oneof(garbage, fc.jsonValue(), fc.constant(REMOVED)), ([valid, path], to) => {
        const conversation = readAs(valid.id, changed(valid, path, to));
        expect(conversation.id).toBe(valid.id);
        expect(conversation.problem === null).toBe(conversation.status !== 'unknown');
      }),
      { numRuns: 1_000 },
    );
  });

  it('never makes a conversation ended or idle for longer by what is no valid time, state, list or object', () => {
    fc.assert(
      fc.property(place, garbage, ([valid, path], to) => {
        fc.pre(!isValidIn(path, to));
        const before = readAs(valid.id, valid);
        const after = readAs(valid.id, changed(valid, path, to));
        if (after.status === 'unknown') return;
        expect(isEnded(after) && !isEnded(before)).toBe(false);
        expect(after.lastActivityAt ?? Infinity).toBeGreaterThanOrEqual(before.lastActivityAt ?? 0);
        expect(after.platformEndsAt).toBe(before.platformEndsAt);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never makes a conversation ended by leaving out a part of a participant', () => {
    fc.assert(
      fc.property(
        place.filter(([, path]) => path[0] === 'participants' && path.length > 2),
        ([valid, path]) => {
          const before = readAs(valid.id, valid);
          const after = readAs(valid.id, changed(valid, path, REMOVED));
          expect(isEnded(after) && !isEnded(before)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Whether `to` is something that Genesys itself could have sent in this place. */
function isValidIn(path: Path, to: unknown): boolean {
  const name = String(path.at(-1));
  if (/Time(out)?$/.test(name)) return typeof to === 'string' && parseInstant(to) !== null;
  if (name === 'state') return typeof to === 'string' && /^(disconnected|terminated)$/i.test(to);
  // An empty list of messages says that nobody wrote, an empty one of participants is refused elsewhere.
  if (name === 'messages') return Array.isArray(to) && to.length === 0;
  return false;
}
