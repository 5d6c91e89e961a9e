import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Mapping } from '../../src/domain/mapping.ts';
import { HOUR, toIso } from '../../src/domain/time.ts';
import type { MappingRow } from '../../src/intake/ports.ts';
import { id, mappingRow, T0, tempStore } from './fixtures.ts';

const hour = fc.integer({ min: 0, max: 6 }).map((hours) => T0 + hours * HOUR);
const row = fc.record({
  sessionId: fc.constantFrom('a', 'b', 'c'),
  userId: fc.option(fc.constantFrom('u', 'v')),
  startedAt: hour,
  lastActivityAt: fc.option(hour),
});
const rows = fc.array(row, { minLength: 1, maxLength: 6 });
const end = fc.option(fc.record({ state: fc.constantFrom('closed', 'gone'), at: hour }));

const signOfLife = (mapping: Mapping) => mapping.lastActivityAt ?? mapping.startedAt;

describe('rows about one conversation', () => {
  // One database for all the examples of a property; each has a conversation of its own.
  let db: ReturnType<typeof tempStore>;
  let next = 1;
  beforeEach(() => {
    db = tempStore();
  });

  /** Puts the first row, lets the conversation end, puts the others; what is known after each. */
  function play(
    given: readonly Omit<MappingRow, 'conversationId'>[],
    ended: { state: string; at: number } | null,
  ): Mapping[] {
    const n = next++;
    return given.map((each, index) => {
      db.store.intake.putMappings([mappingRow(n, each)], 'csv', T0 + 100 * HOUR);
      if (index === 0 && ended !== null) {
        db.user
          .prepare('UPDATE mappings SET state = ?, state_at = ? WHERE conversation_id = ?')
          .run(ended.state, toIso(ended.at), id(n));
      }
      return db.store.work.known(id(n)).mapping as Mapping;
    });
  }

  it('never move its activity back', () => {
    fc.assert(
      fc.property(rows, end, (given, ended) => {
        const seen = play(given, ended);
        for (const [index, mapping] of seen.entries()) {
          const before = seen[index - 1];
          if (before !== undefined) {
            expect(signOfLife(mapping)).toBeGreaterThanOrEqual(signOfLife(before));
            expect(mapping.lastActivityAt === null && before.lastActivityAt !== null).toBe(false);
          }
          const told = given[index];
          expect(signOfLife(mapping)).toBeGreaterThanOrEqual(told?.lastActivityAt ?? told?.startedAt ?? 0);
        }
      }),
    );
  });

  it('end in the same session, activity and state, whatever their order', () => {
    const shuffled = rows.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    fc.assert(
      fc.property(row, shuffled, end, (first, [given, reordered], ended) => {
        const final = (all: typeof given) => {
          const { sessionId, startedAt, lastActivityAt, state } = play([first, ...all], ended).at(
            -1,
          ) as Mapping;
          return { sessionId, startedAt, lastActivityAt, state };
        };
        expect(final(reordered)).toEqual(final(given));
      }),
    );
  });

  it('give the conversation to a session that somebody told, whenever it was discovered', () => {
    fc.assert(
      fc.property(rows, hour, fc.nat(6), (given, startedAt, at) => {
        const real = play(given, null).at(-1);
        const discovered = { sessionId: 'discovered:x', userId: null, startedAt, lastActivityAt: null };
        const all: readonly Omit<MappingRow, 'conversationId'>[] = given;
        const mapping = play(all.toSpliced(at, 0, discovered), null).at(-1);
        expect(mapping).toEqual({ ...real, conversationId: mapping?.conversationId });
      }),
    );
  });

  it('tell nothing new the second time', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const n = next++;
        const all = given.map((each) => mappingRow(n, { ...each, userId: null }));
        db.store.intake.putMappings(all, 'csv', T0);
        expect(new Set(db.store.intake.putMappings(all, 'csv', T0))).toEqual(new Set(['unchanged']));
      }),
    );
  });
});
