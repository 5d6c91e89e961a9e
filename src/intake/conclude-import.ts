import type { Clock } from '../sweep/ports.ts';
import type { Tally } from './import-rows.ts';
import type { ImportKind, IntakeStore } from './ports.ts';
import type { ImportSummary } from './summary.ts';

/** Marks an import finished and sums it up; looks first whether the same content came before. */
export function concludeImport(
  { store, clock }: { readonly store: IntakeStore; readonly clock: Clock },
  { sha256, tally, ...what }: { id: number; kind: ImportKind; file: string; sha256: string; tally: Tally },
): ImportSummary {
  const earlier = store.finishedImport(what.kind, sha256);
  store.finishImport(what.id, sha256, tally.counts, clock.now());
  return {
    ...what,
    counts: tally.counts,
    rejects: tally.rejects,
    rejectsTotal: tally.counts.rejected,
    ...(earlier !== null && { alreadyImported: { id: earlier.id, finishedAt: earlier.finishedAt } }),
  };
}
