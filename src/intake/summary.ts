import { EXIT, type ExitCode } from '../domain/errors.ts';
import { type Instant, toIso } from '../domain/time.ts';
import type { Effect, ImportCounts, ImportKind, Reject } from './ports.ts';

/** What became of one row of a list of closes, for `--results`. */
export interface ClosesRow {
  readonly line: number;
  readonly conversationId: string | null;
  readonly raw: string;
  readonly status: Effect | 'rejected';
  /** Why it was rejected; null otherwise. */
  readonly code: string | null;
}

/** What an import did. */
export interface ImportSummary {
  readonly id: number;
  readonly kind: ImportKind;
  readonly file: string;
  readonly counts: ImportCounts;
  /** The first {@link MAX_LISTED}; all of them are in the database. */
  readonly rejects: readonly Reject[];
  readonly rejectsTotal: number;
  /** An earlier import of the very same content. */
  readonly alreadyImported?: { readonly id: number; readonly finishedAt: Instant };
  /** In file order; for lists of closes only. */
  readonly rows?: readonly ClosesRow[];
}

export const MAX_LISTED = 1_000;

export function importExitCode(summary: ImportSummary): ExitCode {
  return summary.counts.rejected > 0 ? EXIT.incomplete : EXIT.ok;
}

/** One sentence for people. */
export function importMessage({ kind, file, counts, alreadyImported }: ImportSummary): string {
  const what = kind === 'mapping' ? 'mapping' : 'list of closes';
  const changed = counts.accepted === 0 ? 'nothing changed' : `${counts.accepted} taken`;
  const parts = [
    `${file}: ${what} with ${counts.rows} ${counts.rows === 1 ? 'row' : 'rows'}, ${changed}`,
    ...(counts.unchanged > 0 ? [`${counts.unchanged} already known`] : []),
    ...(counts.rejected > 0 ? [`${counts.rejected} rejected`] : []),
  ];
  const before =
    alreadyImported === undefined
      ? ''
      : ` The same content was imported before (import ${alreadyImported.id}, ${toIso(alreadyImported.finishedAt)}).`;
  return `${parts.join(', ')}.${before}`;
}

/** Public shape: `import … --json`. */
export function importJson(summary: ImportSummary, message: string = importMessage(summary)) {
  const { id, kind, file, counts, rejects } = summary;
  return {
    import: { id, kind, file },
    counts: {
      rows: counts.rows,
      accepted: counts.accepted,
      unchanged: counts.unchanged,
      rejected: counts.rejected,
    },
    rejects: rejects.map(({ line, code, message, key }) => ({
      ...(key === undefined ? { line } : { key }),
      code,
      message,
    })),
    exitCode: importExitCode(summary),
    message,
  };
}
