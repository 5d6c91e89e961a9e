import { describe, expect, it } from 'vitest';
import { EXIT, ExpectedError } from '../../src/domain/errors.ts';
import { importExitCode, importJson } from '../../src/intake/summary.ts';
import { errorOf } from '../genesys/under-test.ts';
import { fileOf, HEADER, idOf, rowOf, setUp } from './harness.ts';

const ROWS = 3_500;
const MAPPING = fileOf(HEADER, ...Array.from({ length: ROWS }, (_, n) => rowOf(n)));
const LIST = fileOf(...Array.from({ length: ROWS }, (_, n) => idOf(n)));

describe('an import that is asked to stop', () => {
  it.each([
    ['mapping', MAPPING, 1_999, 2_000, 'SELECT count(*) FROM mappings'],
    ['closes', LIST, 2_000, 2_000, 'SELECT count(*) FROM close_requests'],
  ] as const)(
    'keeps what was taken of a %s, says how far it came, and goes on the next time',
    async (kind, content, taken, line, count) => {
      const { [kind]: importAs, rows } = setUp();
      const stop = new AbortController();
      const summary = await importAs(content, {
        chunk: 4_096,
        stop: stop.signal,
        onProgress: ({ rows: n }) => {
          if (n === taken) stop.abort(EXIT.interrupted);
        },
      });
      expect(rows(count)).toEqual([[taken]]);
      expect(importExitCode(summary)).toBe(130);
      expect(importJson(summary)).toMatchObject({ interruptedAtLine: line, exitCode: 130 });
      expect(importJson(summary).message).toBe(
        `list.csv: ${kind === 'mapping' ? kind : 'list of closes'} with ${taken} rows, ${taken} taken. Interrupted after line ${line}: what was taken is kept, and importing the file again goes on safely.`,
      );
      expect(rows('SELECT finished_at FROM imports'), 'not taken for imported').toEqual([[null]]);

      const next = await importAs(content);
      expect(next.counts).toMatchObject({ accepted: ROWS - taken, unchanged: taken, rejected: 0 });
      expect(rows(count)).toEqual([[ROWS]]);
    },
  );

  it('takes no row that the end of the reading has cut', async () => {
    const { mapping, rows } = setUp();
    const stop = new AbortController();
    // What is read by then ends within a row, and the reading with an error, as a stream that is destroyed does.
    const summary = await mapping(MAPPING.slice(0, 200_000), {
      stop: stop.signal,
      onProgress: () => stop.abort(EXIT.terminated),
    });
    expect(importExitCode(summary)).toBe(143);
    expect(summary).toMatchObject({ interrupted: { line: 1_000 }, rejects: [] });
    expect(rows('SELECT count(*) FROM mappings')).toEqual([[999]]);
  });

  it('before its first row has written nothing, and says so', async () => {
    const { mapping, rows } = setUp();
    const stop = new AbortController();
    const source = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('session_id,conv');
      stop.abort(EXIT.interrupted);
      throw new DOMException('The operation was aborted', 'AbortError');
    })();
    const error = await errorOf(mapping('', { stop: stop.signal, source } as never));
    expect(error).toEqual(new ExpectedError('Interrupted; nothing of list.csv was imported.', 130));
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
  });

  it('keeps the rejects that it has found', async () => {
    const { mapping } = setUp();
    const stop = new AbortController();
    const bad = Array.from({ length: ROWS }, (_, n) => `s,bad-${n},2026-11-01,,`);
    let lines = 0;
    const summary = await mapping(fileOf(HEADER, ...bad), {
      stop: stop.signal,
      onRejects: (batch) => {
        lines += batch.length;
        stop.abort(EXIT.interrupted);
      },
    });
    expect(summary.counts).toMatchObject({ rows: 999, rejected: 999 });
    expect(lines).toBe(1_000);
  });
});
