import { parse } from 'csv-parse/sync';
import { parseConversationId } from '../domain/ids.ts';
import { decodeText, UNDECODABLE } from './decode.ts';
import { DELIMITERS, type Delimiter } from './delimiter.ts';
import { type Frame, Framer, MAX_RECORD_LENGTH } from './frame.ts';
import type { Problem } from './problem.ts';

/** One record: its trimmed cells, or what is wrong with it. */
export type CsvRow = { readonly line: number; readonly lastLine: number; readonly text: string } & (
  | { readonly cells: readonly string[]; readonly problem: null }
  | { readonly cells: null; readonly problem: Problem }
);

const BATCH_ROWS = 1_000;
/** Records may be long, and one of nothing but commas has a cell for each: a batch of those would fill the memory. */
const BATCH_LENGTH = 256 * 1024;

/** The records of a file in their order, {@link BATCH_ROWS} at most at a time, and what separates their values. */
export interface CsvFile {
  readonly delimiter: Delimiter;
  readonly batches: AsyncGenerator<readonly CsvRow[]>;
}

/** Chooses from the first record as each delimiter would have it; those that find none are left out. */
export type ChooseDelimiter = (firsts: ReadonlyMap<Delimiter, CsvRow>) => Delimiter;

/** Reads no further than it must to know the delimiter. Whatever `choose` throws closes the source. */
export async function openCsv(
  source: AsyncIterable<Uint8Array>,
  choose: Delimiter | ChooseDelimiter,
): Promise<CsvFile> {
  const text = decodeText(source);
  if (typeof choose === 'string') return { delimiter: choose, batches: batchesOf(text, choose) };
  try {
    const { head, firsts } = await readHead(text);
    const delimiter = choose(firsts);
    return { delimiter, batches: batchesOf(followedBy(head, text), delimiter) };
  } catch (error) {
    await text.return(undefined);
    throw error;
  }
}

/** The first record by each delimiter, and the text that was read for it: one record and one chunk at most. */
async function readHead(
  text: AsyncGenerator<string>,
): Promise<{ head: string; firsts: ReadonlyMap<Delimiter, CsvRow> }> {
  const framers = new Map(DELIMITERS.map((delimiter) => [delimiter, new Framer(delimiter)]));
  const firsts = new Map<Delimiter, CsvRow>();
  const find = (framesOf: (framer: Framer) => Frame[]) => {
    for (const [delimiter, framer] of framers) {
      const [frame] = framesOf(framer);
      if (frame === undefined) continue;
      framers.delete(delimiter);
      firsts.set(delimiter, toRow(frame, only(parseCells(frame.text, delimiter)), delimiter));
    }
  };
  let head = '';
  while (framers.size > 0 && head.length <= MAX_RECORD_LENGTH) {
    const { done, value } = await text.next();
    if (done === true) {
      find((framer) => framer.end());
      break;
    }
    head += value;
    find((framer) => framer.push(value));
  }
  return { head, firsts };
}

async function* followedBy(head: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head;
  yield* text;
}

async function* batchesOf(
  text: AsyncIterable<string>,
  delimiter: Delimiter,
): AsyncGenerator<readonly CsvRow[]> {
  let frames: Frame[] = [];
  let length = 0;
  for await (const frame of framesOf(text, delimiter)) {
    frames.push(frame);
    length += frame.text.length;
    if (frames.length < BATCH_ROWS && length < BATCH_LENGTH) continue;
    yield toRows(frames, delimiter);
    frames = [];
    length = 0;
  }
  if (frames.length > 0) yield toRows(frames, delimiter);
}

async function* framesOf(text: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<Frame> {
  const framer = new Framer(delimiter);
  for await (const chunk of text) yield* framer.push(chunk);
  yield* framer.end();
}

/** Parses all sound records at once; record by record where that fails, to know which one it was. */
function toRows(frames: readonly Frame[], delimiter: Delimiter): CsvRow[] {
  const sound = frames.filter((frame) => problemOf(frame) === null);
  const together = parseCells(sound.map((frame) => frame.text).join('\n'), delimiter);
  if (together?.length !== sound.length) {
    return frames.map((frame) => toRow(frame, only(parseCells(frame.text, delimiter)), delimiter));
  }
  let next = 0;
  return frames.map((frame) =>
    toRow(frame, problemOf(frame) === null ? together[next++] : undefined, delimiter),
  );
}

function toRow(frame: Frame, cells: string[] | undefined, delimiter: Delimiter): CsvRow {
  const { line, lastLine, text } = frame;
  const problem =
    problemOf(frame) ??
    (cells === undefined || swallowsRows(frame, cells, delimiter) ? misquoted(frame) : null);
  if (problem === null && cells !== undefined) return { line, lastLine, text, cells, problem };
  return {
    line: frame.fault === 'unclosed_quote' ? frame.quoteLine : line,
    lastLine,
    text,
    cells: null,
    problem: problem ?? misquoted(frame),
  };
}

function only<T>(items: readonly T[] | null): T | undefined {
  return items?.length === 1 ? items[0] : undefined;
}

/** Null when csv-parse refuses; the caller finds out which record it was. */
export function parseCells(text: string, delimiter: Delimiter): string[][] | null {
  if (text === '') return [];
  try {
    const records = parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      trim: true,
    });
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
function swallowsRows({ line, lastLine }: Frame, cells: readonly string[], delimiter: Delimiter): boolean {
  if (lastLine === line) return false;
  return cells.some((cell) =>
    cell
      .split(/[\r\n]+/)
      .slice(1)
      .some((inner) =>
        inner.split(delimiter).some((part) => parseConversationId(part.replaceAll('"', '')) !== null),
      ),
  );
}
