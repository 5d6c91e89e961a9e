import { interruptExit } from '../domain/errors.ts';
import type { Tally } from './import-rows.ts';
import type { ImportOptions } from './options.ts';
import type { ImportKind } from './ports.ts';
import type { ImportSummary } from './summary.ts';

/** What has been taken in. `sha256` of the content; null when it was not read to its end. */
export interface Imported {
  readonly id: number;
  readonly kind: ImportKind;
  readonly file: string;
  readonly sha256: string | null;
  readonly tally: Tally;
}

/**
 * Marks an import finished and sums it up; looks first whether the same content came before. One that was interrupted
 * stays unfinished, so that nothing takes the file for imported.
 */
export function concludeImport(
  { store, clock, dryRun, stop }: ImportOptions,
  { sha256, tally, id, kind, file }: Imported,
): ImportSummary {
  const { counts, rejects, line } = tally;
  const earlier = sha256 === null ? null : store.finishedImport(kind, sha256);
  if (sha256 !== null) store.finishImport(id, sha256, counts, clock.now());
  return {
    id: dryRun ? null : id,
    kind,
    file,
    dryRun,
    counts,
    rejects,
    rejectsTotal: counts.rejected,
    interrupted: sha256 === null ? { line, exitCode: interruptExit(stop) } : null,
    ...(earlier !== null && { alreadyImported: { id: earlier.id, finishedAt: earlier.finishedAt } }),
  };
}
