import { setImmediate as breathe } from 'node:timers/promises';
import { counted } from '../domain/text.ts';
import { type Instant, toIso } from '../domain/time.ts';
import type { Clock, Log } from '../sweep/ports.ts';
import type { Foreign, ForeignPage, IntakeStore, OpenForeign, SourceState, SourceStore } from './ports.ts';
import { quoteSome } from './problem.ts';
import { SourceRows } from './source-rows.ts';
import type { ImportSummary } from './summary.ts';

export interface SyncSource {
  readonly foreign: Foreign;
  readonly store: IntakeStore;
  readonly sources: SourceStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How far before the newest change that was seen reading begins, in ms: for what is committed late. */
  readonly overlapMs: number;
  /** Read everything, whatever was read before. */
  readonly full: boolean;
  /** Asked between batches; false ends it. */
  readonly mayGoOn: () => boolean;
}

/** What a sync did. */
export interface SyncSummary extends ImportSummary {
  readonly id: number;
  /** The name of the file. */
  readonly source: string;
  /** Rows that changed from then on were read; null: all. */
  readonly from: Instant | null;
}

/**
 * Brings the mapping up to date with a source. How far it was read is recorded together with its last rows: a sync
 * that ends too early, in whatever way, is done again from where it began, and what was taken then is not taken twice.
 * Null: it was told to end. Throws SourceError when the source cannot be read.
 */
export async function syncSource(options: SyncSource): Promise<SyncSummary | null> {
  const { foreign, sources, overlapMs, full, log } = options;
  const opened = foreign.open();
  try {
    noteIgnored(opened, log);
    const from = full ? null : readFrom(foreign, opened, sources, overlapMs, log);
    return await readAll(options, opened, from);
  } finally {
    opened.close();
  }
}

/**
 * How many rows a sync would take, because they are new or change something; what is only read again counts for nothing.
 * @param options its `store` must be one that writes nothing
 */
export async function countUnsynced(options: SyncSource): Promise<number> {
  const { foreign, store, sources, clock, overlapMs, log, mayGoOn } = options;
  const opened = foreign.open();
  try {
    const rows = new SourceRows({ importId: 0, store, source: foreign.name, clock });
    for (const batch of batchesOf(opened.pages(readFrom(foreign, opened, sources, overlapMs, log)))) {
      rows.take(batch);
      await breathe();
      if (!mayGoOn()) break;
    }
    return rows.tally.counts.accepted;
  } finally {
    opened.close();
  }
}

/**
 * Where reading has to begin; null: with everything.
 * @param log told why what was known does not count any more
 */
export function readFrom(
  { name, path }: Foreign,
  opened: OpenForeign,
  sources: SourceStore,
  overlapMs: number,
  log: Log,
): Instant | null {
  const state = sources.state(path);
  if (state === null) return null;
  if (state.querySha256 !== opened.querySha256) {
    log.info('source.query or source.since has changed; everything is read again.');
    return null;
  }
  if (state.fileIdentity !== opened.fileIdentity) {
    log.info(`${name} is another file than at the last sync; everything is read again.`);
    return null;
  }
  return state.cursor === null ? null : state.cursor - overlapMs;
}

async function readAll(
  { foreign, store, sources, clock, log, mayGoOn }: SyncSource,
  opened: OpenForeign,
  from: Instant | null,
): Promise<SyncSummary | null> {
  const startedAt = clock.now();
  const file = `source:${foreign.name}`;
  const id = store.beginImport('mapping', file, startedAt);
  const rows = new SourceRows({ importId: id, store, source: file, clock });
  let held: ForeignPage = { rows: [], unread: 0 };
  for (const batch of batchesOf(opened.pages(from))) {
    const full = held;
    sources.atomically(() => rows.take(full));
    held = batch;
    await breathe();
    if (!mayGoOn()) return null;
  }
  sources.atomically(() => {
    rows.take(held);
    store.finishImport(id, rows.digest(), rows.tally.counts, clock.now());
    sources.save(foreign.path, stateAfter(sources.state(foreign.path), opened, rows, startedAt));
  });
  const { counts, rejects } = rows.tally;
  warnOfGaps(rows, opened, foreign.name, log);
  return {
    ...{ id, kind: 'mapping' as const, file, source: foreign.name, from },
    ...{ counts, rejects, rejectsTotal: counts.rejected, dryRun: false, interrupted: null },
  };
}

/** Rows that one transaction writes: the user's own program waits for it. */
const BATCH_ROWS = 1_000;

function* batchesOf(pages: Iterable<ForeignPage>): Generator<ForeignPage> {
  for (const { rows, unread } of pages) {
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      yield { rows: rows.slice(at, at + BATCH_ROWS), unread: at === 0 ? unread : 0 };
    }
  }
}

/**
 * The cursor never lies ahead of the moment at which reading began: what is committed meanwhile may have been passed by
 * already, and a time by mistake in the year 2099 must not hide all that follows. Nor does it move back, should another
 * sync have ended meanwhile. There is none while rows tell a time that is none: they would not be found by it, and what
 * is not seen to be active could be closed.
 */
function stateAfter(
  before: SourceState | null,
  { fileIdentity, querySha256 }: OpenForeign,
  { newest, unknownChanges }: Pick<SourceRows, 'newest' | 'unknownChanges'>,
  startedAt: Instant,
): SourceState {
  if (unknownChanges > 0) return { fileIdentity, querySha256, cursor: null, syncedAt: startedAt };
  const isSame = before?.fileIdentity === fileIdentity && before.querySha256 === querySha256;
  const known = isSame ? before.cursor : null;
  const seen = newest === null ? null : Math.min(newest, startedAt);
  const cursor = known === null || seen === null ? (known ?? seen) : Math.max(known, seen);
  return { fileIdentity, querySha256, cursor, syncedAt: startedAt };
}

function noteIgnored({ ignored }: OpenForeign, log: Log): void {
  if (ignored.length > 0) log.debug(`source.query: columns that are not used: ${quoteSome(ignored)}`);
}

function warnOfGaps(rows: SourceRows, opened: OpenForeign, name: string, log: Log): void {
  if (rows.unknownChanges > 0) {
    log.warn(
      `In ${counted(rows.unknownChanges, 'row')} of ${name} source.since is no time; until that is corrected, everything is read each time.`,
    );
  }
  if (opened.asksSince && rows.tally.counts.rows === 0 && rows.newest === null) {
    log.warn(
      'source.query yields nothing; where everything is read @since is NULL, so write (@since IS NULL OR …).',
    );
  }
}

/** One sentence for people. */
export function syncMessage({ source, counts, from }: SyncSummary): string {
  const n = new Intl.NumberFormat('en-GB').format;
  const what = counts.rows === 1 ? 'session' : 'sessions';
  const remarks = [
    `${n(counts.accepted)} new or changed`,
    ...(counts.rejected > 0 ? [`${n(counts.rejected)} rejected`] : []),
  ];
  const since = from === null ? '' : `, those changed since ${toIso(from).slice(0, 19)}Z`;
  return `Synced ${n(counts.rows)} ${what} from ${source} (${remarks.join(', ')})${since}.`;
}
