import { DAY, type Instant, SECOND, toIso } from '../domain/time.ts';
import type { ForeignPage, ForeignRow, OpenForeign } from '../intake/ports.ts';
import type Database from '../store/sqlite.ts';
import type { Column } from './columns.ts';
import type { Examined } from './query.ts';

/**
 * Rows of one read transaction. In rollback-journal mode a writer's commit waits for it, so it should be short; without
 * an index on the conversation's column each page reads the whole table, so there should be few. 5,000 of 200,000 rows
 * take some 25 ms with one, and some 120 ms without.
 */
const PAGE_ROWS = 5_000;

/** Rows that cannot be good are named up to this many, and counted. */
const NAMED_ROWS = 1_000;

/** Nothing that is right is longer; a page of what is could fill the memory. */
const LONGEST = 1_000;

/** Numbers below are seconds since 1970, others milliseconds: the year 5138 and the year 1973. */
const SECONDS_END = 100_000_000_000;

type Read = <T>(fn: () => T) => T;
type KeyedRow = ForeignRow & { readonly key: Buffer };
type Params = Readonly<Record<string, string | number | Buffer | null>>;

/** How the rows of a query are counted and read. `read` carries out one read transaction. */
export function createPages(
  db: Database.Database,
  query: Examined,
  read: Read,
): Pick<OpenForeign, 'count' | 'pages'> {
  const all = <Row>(sql: string, params: Params): Row[] =>
    read(() => db.prepare(sql).safeIntegers().all(params) as Row[]);
  const count = (where: string, params: Params): number =>
    Number(all<{ n: bigint }>(`SELECT count(*) AS n ${from(query, where)}`, params)[0]?.n ?? 0);

  return {
    count: (since) => count(changed(query, since), bounds(query, since)),
    pages: function* (since) {
      const params = bounds(query, since);
      const [sound, odd] = [`${SOUND(query)} AND ${changed(query, since)}`, `NOT ${SOUND(query)}`].map(
        (where) => `SELECT ${fields(query)} ${from(query, where)}`,
      );
      yield* soundPages((place) =>
        all<KeyedRow>(
          `${sound} AND ${column(query, 'conversation_id')} COLLATE BINARY >= CAST(@nightsweep_key AS TEXT)
           ORDER BY ${column(query, 'conversation_id')} COLLATE BINARY
           LIMIT ${PAGE_ROWS} OFFSET ${place.skip}`,
          { ...params, nightsweep_key: place.key },
        ),
      );
      const rows = all<KeyedRow>(`${odd} AND ${changed(query, since)} LIMIT ${NAMED_ROWS}`, params);
      const total =
        rows.length < NAMED_ROWS
          ? rows.length
          : count(`NOT ${SOUND(query)} AND ${changed(query, since)}`, params);
      if (rows.length > 0) yield { rows, unread: Math.max(0, total - rows.length) };
    },
  };
}

/** Where a page begins: at this conversation, after so many of its rows. */
interface Place {
  readonly key: Buffer;
  readonly skip: number;
}

/**
 * Goes through the rows in the order of their conversation. A conversation may have rows in two pages: the next page
 * begins with the last conversation of this one, and leaves out what has been read of it. SQLite's sorting is stable;
 * to sort by more would cost it the index.
 */
function* soundPages(readPage: (place: Place) => readonly KeyedRow[]): Generator<ForeignPage> {
  let place: Place = { key: Buffer.alloc(0), skip: 0 };
  for (;;) {
    const rows = readPage(place);
    if (rows.length > 0) yield { rows, unread: 0 };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    const { key } = last;
    const others = rows.findLastIndex((row) => !row.key.equals(key));
    const same = rows.length - 1 - others;
    place = { key, skip: key.equals(place.key) ? place.skip + same : same };
  }
}

/** Whether the key is one that rows can be put in order by. */
const SOUND = (query: Examined): string => {
  const id = column(query, 'conversation_id');
  return `(typeof(${id}) = 'text' AND octet_length(${id}) <= ${LONGEST})`;
};

function from({ sql }: Examined, where: string): string {
  return `FROM (\n${sql}\n) AS q WHERE ${where}`;
}

/** A column of the query. Without the `q` an ORDER BY would mean what we have made of it, and find no index. */
function quoted(name: string): string {
  return `q."${name.replaceAll('"', '""')}"`;
}

function column({ names }: Examined, wanted: Column): string {
  const name = names[wanted];
  return name === null ? 'NULL' : quoted(name);
}

/** The columns of a {@link ForeignRow}, and the exact bytes of its key: invalid UTF-8 does not come back as it was. */
function fields(query: Examined): string {
  const wanted = Object.keys(query.names) as Column[];
  const values = wanted.map((name) => `${cut(column(query, name))} AS ${name}`);
  const since = query.since === null ? 'NULL' : cut(quoted(query.since));
  const key = `CAST(substr(${column(query, 'conversation_id')}, 1, ${LONGEST}) AS BLOB) AS key`;
  return [...values, `${since} AS since`, key].join(', ');
}

function cut(value: string): string {
  if (value === 'NULL') return value;
  return `CASE WHEN octet_length(${value}) > ${LONGEST} THEN substr(${value}, 1, ${LONGEST}) ELSE ${value} END`;
}

/**
 * The condition for rows that are new since then, in whatever form the column tells its time. The bounds are of three
 * kinds because SQLite sorts every number before every text; a blank, not a T, is between day and time because it sorts
 * before it. A text with an offset west of UTC sorts before the same moment in UTC, by less than a day. Where nobody has
 * told the time a row is always read.
 */
function changed({ since: name }: Examined, since: Instant | null): string {
  if (name === null || since === null) return 'TRUE';
  const grows = quoted(name);
  return `(${grows} IS NULL OR ${grows} = '' OR ${grows} >= @nightsweep_text
    OR (${grows} >= @nightsweep_west AND ${grows} GLOB '*:*-[0-9][0-9]*')
    OR (${grows} < '' AND ${grows} >= @nightsweep_ms)
    OR (${grows} < ${SECONDS_END} AND ${grows} >= @nightsweep_seconds))`;
}

function bounds({ since: name, usesSince }: Examined, since: Instant | null): Params {
  const own = usesSince ? { since: since === null ? null : asText(since) } : {};
  if (name === null || since === null) return own;
  return {
    ...own,
    nightsweep_text: asText(since),
    nightsweep_west: asText(since - DAY),
    nightsweep_ms: since,
    nightsweep_seconds: Math.floor(since / SECOND),
  };
}

/** As SQLite writes it. */
function asText(at: Instant): string {
  return toIso(at).slice(0, 19).replace('T', ' ');
}
