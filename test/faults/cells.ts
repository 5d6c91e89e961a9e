import pLimit from 'p-limit';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Operation, TIMES, type Times } from './harm.ts';
import { type Played, play } from './play.ts';
import { type Expected, type Row, TABLE } from './table.ts';

/** Nights spend most of their time waiting for the network to be quiet, which they can do side by side. */
const NIGHTS_AT_A_TIME = 8;

interface Trial {
  readonly row: Row;
  readonly times: Times;
  readonly expected: Expected;
}

/** Makes a test of each cell of the table in this operation's column. */
export function proveColumn(operation: Operation): void {
  const trials = TABLE.flatMap((row) => trialsOf(row, operation));
  const played = new Map<Trial, Promise<{ played: Played } | { error: unknown }>>();

  describe(`what goes wrong with a ${operation}`, () => {
    beforeAll(() => {
      const limit = pLimit(NIGHTS_AT_A_TIME);
      for (const trial of trials) {
        const night = limit(() => play(trial.row.harm, operation, trial.times));
        const settled = night.then(
          (result) => ({ played: result }),
          (error: unknown) => ({ error }),
        );
        played.set(trial, settled);
      }
    });

    it.each(trials.map((trial) => [trial.row.what, trial.times, inWords(trial.expected), trial] as const))(
      '%s, %s: %s',
      async (_what, _times, _expected, trial) => {
        const result = await played.get(trial);
        if (result === undefined || 'error' in result) throw result?.error;
        expect(result.played).toEqual({ ...trial.expected, wrong: [] });
      },
    );
  });
}

function trialsOf(row: Row, operation: Operation): Trial[] {
  const cell = row.cells[operation];
  if (typeof cell === 'string') return [];
  return TIMES.flatMap((times) => {
    const expected = cell[times];
    return expected === undefined ? [] : [{ row, times, expected }];
  });
}

function inWords({ outcome, exit, patches, next }: Expected): string {
  return `${outcome}, exit ${exit}, ${patches} PATCH, then ${next}`;
}
