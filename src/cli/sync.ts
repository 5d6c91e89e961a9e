import type { SourceConfig } from '../config/config.ts';
import { UsageError } from '../domain/errors.ts';
import { countUnsynced, readFrom, type SyncSummary, syncMessage, syncSource } from '../intake/sync-source.ts';
import { foreignDatabase } from '../source/foreign.ts';
import type { Store } from '../store/store.ts';
import type { Sync } from '../sweep/ports.ts';
import type { Context } from './command.ts';

/** @throws UsageError when the settings name no source */
export function demandSource(context: Context): SourceConfig {
  const { source } = context.config().config;
  if (source !== null) return source;
  throw new UsageError(
    '--from-source needs a source; give source.file and source.query in nightsweep.yaml, or name a CSV file.',
  );
}

export function syncFrom(
  { io, log }: Context,
  store: Store,
  source: SourceConfig,
  how: { readonly full: boolean; readonly mayGoOn: () => boolean },
): Promise<SyncSummary | null> {
  return syncSource({
    foreign: foreignDatabase(source),
    store: store.intake,
    sources: store.sources,
    clock: io.clock,
    log,
    overlapMs: source.overlapMs,
    ...how,
  });
}

/** How many rows the next sync reads; without a database yet (null) all of them. Throws SourceError. */
export function waitingRows({ log }: Context, store: Store | null, source: SourceConfig): number {
  const foreign = foreignDatabase(source);
  const opened = foreign.open();
  try {
    return opened.count(
      store === null ? null : readFrom(foreign, opened, store.sources, source.overlapMs, log),
    );
  } finally {
    opened.close();
  }
}

async function unsyncedRows(
  { io, log }: Context,
  store: Store,
  source: SourceConfig,
  mayGoOn: () => boolean,
): Promise<number> {
  const dry = store.dryIntake();
  try {
    return await countUnsynced({
      foreign: foreignDatabase(source),
      store: dry.intake,
      sources: store.sources,
      clock: io.clock,
      log,
      overlapMs: source.overlapMs,
      full: false,
      mayGoOn,
    });
  } finally {
    dry.close();
  }
}

/** The sync as a sweep has it done. */
export function sweepSync(context: Context, store: Store, source: SourceConfig): Sync {
  return {
    name: foreignDatabase(source).name,
    waiting: (mayGoOn) => unsyncedRows(context, store, source, mayGoOn),
    run: async (mayGoOn) => {
      const summary = await syncFrom(context, store, source, { full: false, mayGoOn });
      if (summary === null) return null;
      const { id, file, counts } = summary;
      return { importId: id, file, counts, message: syncMessage(summary) };
    },
  };
}
