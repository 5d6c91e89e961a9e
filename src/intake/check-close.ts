import type { Origin } from '../domain/close-request.ts';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import { type Instant, toIso } from '../domain/time.ts';
import { type Cells, checkText, RowProblem } from './cells.ts';
import type { Columns } from './column-map.ts';
import type { CsvRow } from './csv.ts';
import type { Delimiter, Fit } from './delimiter.ts';
import { type Expected, fitOfHeader, type Header, readHeader } from './header.ts';
import type { Checked } from './import-rows.ts';
import type { Effect, IntakeStore, NewCloseRequest } from './ports.ts';

export const CLOSES_COLUMNS: Columns = { required: ['conversation_id'], optional: ['reason', 'as_of'] };

/** In characters. */
export const MAX_REASON_LENGTH = 500;

/** Whether the list has no header, and begins at once with an id. */
export function isBareList({ cells }: CsvRow): boolean {
  return cells !== null && parseConversationId(cells[0] ?? '') !== null;
}

/** How well a first record fits, as a header or as the first row of a bare list. */
export function fitOfCloses(first: CsvRow, expected: Expected): Fit {
  return isBareList(first) ? { complete: true, known: 1 } : fitOfHeader(first, expected);
}

/** The header, or the one that a bare list would have. @throws UsageError for what is no list of closes */
export function closesHeader(first: CsvRow, delimiter: Delimiter, expected: Expected): Header {
  const { file, map } = expected;
  if (!isBareList(first)) {
    const header = readHeader(first, delimiter, expected);
    refuseMapping(header, file);
    return header;
  }
  if (map.size > 0) {
    throw new UsageError(`${file} has no header, so there is nothing that --map could name; leave it out.`);
  }
  const names = ['conversation_id', 'reason'].slice(0, Math.min(first.cells?.length ?? 0, 2));
  const index = new Map(names.map((name, at) => [name, at]));
  return { index, width: names.length, names, ignored: [], delimiter, rejects: false };
}

/**
 * A mapping given by mistake would ask for the close of every conversation that is open.
 * @throws UsageError for a header that only a mapping has
 */
function refuseMapping({ ignored }: Header, file: string): void {
  if (ignored.some((name) => name.trim().toLowerCase() === 'started_at')) {
    throw new UsageError(
      `${file} is a mapping, not a list of conversations to close; use nightsweep import mapping, or leave only conversation_id and reason.`,
    );
  }
}

/** A close request, and when what it was decided from was seen: the `as_of` of a dry run's list, else now. */
export interface AskedClose {
  readonly request: NewCloseRequest;
  readonly askedAt: Instant;
}

/** @throws RowProblem when the row cannot go in */
export function checkClose(
  row: Cells,
  { origin, now }: { readonly origin: Origin; readonly now: Instant },
): Checked<AskedClose> {
  const conversationId = row.conversationId('conversation_id');
  const given = row.optional('reason');
  const reason = given === null ? null : readReason(given, 'reason');
  const askedAt = row.time('as_of') ?? now;
  if (askedAt > now) throw new RowProblem('future_time', `The as_of ${toIso(askedAt)} lies ahead.`);
  const request = { conversationId, reason, origin, force: false };
  return { value: { request, askedAt }, identity: conversationId };
}

/** The reason in one line. @throws RowProblem `invalid_reason` */
export function readReason(text: string, column: string): string {
  const reason = text.replace(/\s+/g, ' ');
  checkText(reason, column, MAX_REASON_LENGTH, 'invalid_reason');
  return reason;
}

/**
 * Records them in their order, one transaction for each run of rows with the same `askedAt`: a close that was
 * decided upon at three must not override what the customer wrote at four.
 */
export function requestCloses(store: IntakeStore, asked: readonly AskedClose[]): Effect[] {
  const effects: Effect[] = [];
  for (let from = 0; from < asked.length; ) {
    const askedAt = asked[from]?.askedAt ?? 0;
    const other = asked.findIndex((close, at) => at > from && close.askedAt !== askedAt);
    const to = other === -1 ? asked.length : other;
    const requests = asked.slice(from, to).map(({ request }) => request);
    effects.push(...store.requestCloses(requests, askedAt).map(({ effect }) => effect));
    from = to;
  }
  return effects;
}
