import { parse } from 'csv-parse/sync';
import { parseConversationId } from '../domain/ids.ts';
import { decodeText, UNDECODABLE } from './decode.ts';
import { type Frame, Framer, MAX_RECORD_LENGTH } from './frame.ts';
import type { Problem } from './problem.ts';

/** One record: its trimmed cells, or what is wrong with it. */
export type CsvRow = { readonly line: number; readonly text: string } & (
  | { readonly cells: readonly string[]; readonly problem: null }
  | { readonly cells: null; readonly problem: Problem }
);

export const BATCH_ROWS = 1_000;
/** Records may be long, and one of nothing but commas has a cell for each: a batch of those would fill the memory. */
const BATCH_LENGTH = 256 * 1024;

/** The records of a comma-separated file in their order, {@link BATCH_ROWS} at most at a time. */
export async function* csvRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRow[]> {
  let frames: Frame[] = [];
  let length = 0;
  for await (const frame of framesOf(source)) {
    frames.push(frame);
    length += frame.text.length;
    if (frames.length < BATCH_ROWS && length < BATCH_LENGTH) continue;
    yield toRows(frames);
    frames = [];
    length = 0;
  }
  if (frames.length > 0) yield toRows(frames);
}

async function* framesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const framer = new Framer();
  for await (const chunk of decodeText(source)) yield* framer.push(chunk);
  yield* framer.end();
}

/** Parses all sound records at once; record by record where that fails, to know which one it was. */
function toRows(frames: readonly Frame[]): CsvRow[] {
  const sound = frames.filter((frame) => problemOf(frame) === null);
  const together = parseCells(sound.map((frame) => frame.text).join('\n'));
  if (together?.length !== sound.length) {
    return frames.map((frame) => toRow(frame, only(parseCells(frame.text))));
  }
  let next = 0;
  return frames.map((frame) => toRow(frame, problemOf(frame) === null ? together[next++] : undefined));
}

function toRow(frame: Frame, cells: string[] | undefined): CsvRow {
  const { line, text } = frame;
  const problem =
    problemOf(frame) ?? (cells === undefined || swallowsRows(frame, cells) ? misquoted(frame) : null);
  if (problem === null && cells !== undefined) return { line, text, cells, problem };
  return {
    line: frame.fault === 'unclosed_quote' ? frame.quoteLine : line,
    text,
    cells: null,
    problem: problem ?? misquoted(frame),
  };
}

function only<T>(items: readonly T[] | null): T | undefined {
  return items?.length === 1 ? items[0] : undefined;
}

/** Null when csv-parse refuses; the caller finds out which record it was. */
function parseCells(text: string): string[][] | null {
  if (text === '') return [];
  try {
    const records = parse(text, { record_delimiter: '\n', relax_column_count: true, trim: true });
    return records.map((cells) => cells.map((cell) => cell.trim()));
  } catch {
    return null;
  }
}

function problemOf(frame: Frame): Problem | null {
  const { fault, text, quoteLine, line, lastLine } = frame;
  if (fault === 'unclosed_quote') {
    return {
      code: 'unclosed_quote',
      message: `The quote that opens in line ${quoteLine} is never closed, so nothing from there to the end of the file (line ${lastLine}) was taken; close it and import the file again.`,
    };
  }
  if (fault === 'record_too_long') {
    return {
      code: 'record_too_long',
      message: `The row (lines ${line} to ${lastLine}) is longer than ${MAX_RECORD_LENGTH} characters; look for a quote that is not closed.`,
    };
  }
  if (text.includes('\0')) {
    return { code: 'nul_byte', message: 'The row contains NUL bytes; save the file as UTF-8.' };
  }
  if (text.includes(UNDECODABLE)) {
    return {
      code: 'invalid_encoding',
      message: 'The row contains bytes that are not valid text; save the file as UTF-8.',
    };
  }
  return null;
}

/** What csv-parse refused, or what {@link swallowsRows} found. */
function misquoted({ line, lastLine, quoteLine }: Frame): Problem {
  return lastLine > line
    ? {
        code: 'unclosed_quote',
        message: `The quote that opens in line ${quoteLine} runs on to line ${lastLine} over what look like other rows; lines ${line} to ${lastLine} were not taken.`,
      }
    : {
        code: 'bad_quote',
        message: 'The row has a quote inside a value; double it and put the value in quotes.',
      };
}

/**
 * Whether a value of several lines holds what looks like rows: the grammar is content when a later quote happens
 * to close the one that was forgotten, but those rows would be lost without a word.
 */
function swallowsRows({ line, lastLine }: Frame, cells: readonly string[]): boolean {
  if (lastLine === line) return false;
  return cells.some((cell) =>
    cell
      .split(/[\r\n]+/)
      .slice(1)
      .some((inner) =>
        inner.split(',').some((part) => parseConversationId(part.replaceAll('"', '')) !== null),
      ),
  );
}
