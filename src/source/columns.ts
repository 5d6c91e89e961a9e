import { nearest } from '../config/nearest.ts';
import { EXIT, SourceError } from '../domain/errors.ts';

const REQUIRED = ['conversation_id', 'session_id', 'started_at'] as const;
const OPTIONAL = ['last_activity_at', 'user_id'] as const;
const KNOWN = [...REQUIRED, ...OPTIONAL];

export type Column = (typeof KNOWN)[number];

/**
 * Finds the mapping's columns among those that the query yields, without regard to case.
 * @throws SourceError with a sentence for each that is missing, double or misspelt
 */
export function readColumns(yielded: readonly string[], since: string | null) {
  const lower = yielded.map((name) => name.toLowerCase());
  const nameOf = (column: string): string | null => yielded[lower.indexOf(column.toLowerCase())] ?? null;
  const wanted: readonly string[] = since === null ? KNOWN : [...KNOWN, since.toLowerCase()];
  const used = new Set(wanted);
  const others = yielded.filter((_, at) => !used.has(lower[at] ?? ''));

  const problems = [
    ...REQUIRED.filter((column) => nameOf(column) === null).map((column) => missing(column, others, yielded)),
    ...OPTIONAL.filter((column) => nameOf(column) === null).flatMap((column) => misspelt(column, others)),
    ...[...used]
      .filter((column) => lower.indexOf(column) !== lower.lastIndexOf(column))
      .map((column) => `source.query yields ${column} twice; leave one.`),
    ...(since !== null && nameOf(since) === null ? [missingSince(since, yielded)] : []),
  ];
  if (problems.length > 0) throw new SourceError(problems.join(' '), EXIT.usage);
  return {
    names: Object.fromEntries(KNOWN.map((column) => [column, nameOf(column)])) as Readonly<
      Record<Column, string | null>
    >,
    since: since === null ? null : nameOf(since),
    ignored: others,
  };
}

function missing(column: string, others: readonly string[], yielded: readonly string[]): string {
  const meant = nearest(column, others);
  const advice = meant === null ? `name one AS ${column}` : `is it "${meant} AS ${column}"?`;
  return `source.query yields no ${column}; it yields ${list(yielded)}; ${advice}${meant === null ? '.' : ''}`;
}

function missingSince(since: string, yielded: readonly string[]): string {
  const meant = nearest(since, yielded);
  return `source.since names ${since}, which source.query does not yield; it yields ${list(yielded)}${meant === null ? '.' : `; did you mean ${meant}?`}`;
}

const TYPO = 3;

/** Left out it would be a column that is not used; nobody would see that nothing comes of it. */
function misspelt(column: string, others: readonly string[]): string[] {
  const alike = others.filter((name) => Math.abs(name.length - column.length) <= TYPO);
  const found = nearest(column, alike);
  return found === null ? [] : [`source.query yields ${found}; did you mean ${column}?`];
}

const LISTED = 20;

function list(names: readonly string[]): string {
  return `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ' and more' : ''}`;
}
