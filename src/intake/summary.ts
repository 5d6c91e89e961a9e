import { EXIT, type ExitCode, worstExit } from '../domain/errors.ts';
import { type Instant, toIso } from '../domain/time.ts';
import type { ImportCounts, ImportKind, Reject } from './ports.ts';

/** What became of one row of a list of closes, for `--results`. */
export interface ClosesRow {
  readonly line: number;
  readonly conversationId: string | null;
  readonly raw: string;
  readonly status: 'accepted' | 'unchanged' | 'rejected';
  /** Why it was rejected; null otherwise. */
  readonly code: string | null;
}

/** What an import did, or a dry run of one would do. */
export interface ImportSummary {
  /** Null for a dry run, which is not on record. */
  readonly id: number | null;
  readonly kind: ImportKind;
  readonly file: string;
  readonly dryRun: boolean;
  readonly counts: ImportCounts;
  /** The first {@link MAX_LISTED}; all of them are in the database. */
  readonly rejects: readonly Reject[];
  readonly rejectsTotal: number;
  /** How far it came when it was asked to stop; null: to the end. */
  readonly interrupted: { readonly line: number; readonly exitCode: ExitCode } | null;
  /** An earlier import of the very same content. */
  readonly alreadyImported?: { readonly id: number; readonly finishedAt: Instant };
  /** In file order; for lists of closes only. */
  readonly rows?: readonly ClosesRow[];
}

export const MAX_LISTED = 1_000;

export function importExitCode({ counts, interrupted }: ImportSummary): ExitCode {
  return worstExit([
    counts.rejected > 0 ? EXIT.incomplete : EXIT.ok,
    ...(interrupted === null ? [] : [interrupted.exitCode]),
  ]);
}

/** One sentence for people, and another one about an earlier import or an interrupt. */
export function importMessage(summary: ImportSummary): string {
  const { kind, file, counts } = summary;
  const what = kind === 'mapping' ? 'mapping' : 'list of closes';
  const parts = [
    `${file}: ${what} with ${counts.rows} ${counts.rows === 1 ? 'row' : 'rows'}, ${taken(summary)}`,
    ...(counts.unchanged > 0 ? [`${counts.unchanged} already known`] : []),
    ...(counts.rejected > 0 ? [`${counts.rejected} rejected`] : []),
  ];
  return [`${parts.join(', ')}.`, ...afterwards(summary)].join(' ');
}

function taken({ counts: { accepted, changed }, dryRun }: ImportSummary): string {
  if (accepted === 0) return dryRun ? 'nothing would change' : 'nothing changed';
  const detail = changed === 0 ? '' : ` (${accepted - changed} new, ${changed} changed)`;
  return `${accepted} ${dryRun ? 'would be taken' : 'taken'}${detail}`;
}

function afterwards({ interrupted, dryRun, alreadyImported: before }: ImportSummary): string[] {
  return [
    ...(dryRun ? ['A dry run: nothing was written.'] : []),
    ...(interrupted === null
      ? []
      : [
          `Interrupted after line ${interrupted.line}: ${dryRun ? 'nobody has looked at the rest' : 'what was taken is kept, and importing the file again goes on safely'}.`,
        ]),
    ...(before === undefined
      ? []
      : [`The same content was imported before (import ${before.id}, ${toIso(before.finishedAt)}).`]),
  ];
}

/**
 * Public shape: `import … --json`.
 * @param rejectsFile where the rejected rows were written; null: nowhere
 */
export function importJson(
  summary: ImportSummary,
  rejectsFile: string | null = null,
  message: string = importMessage(summary),
) {
  const { id, kind, file, dryRun, counts, rejects, interrupted } = summary;
  return {
    import: { id, kind, file },
    dryRun,
    counts: {
      rows: counts.rows,
      accepted: counts.accepted,
      changed: counts.changed,
      unchanged: counts.unchanged,
      rejected: counts.rejected,
    },
    rejects: rejects.map(({ line, code, message, key }) => ({
      ...(key === undefined ? { line } : { key }),
      code,
      message,
    })),
    rejectsFile,
    interruptedAtLine: interrupted?.line ?? null,
    exitCode: importExitCode(summary),
    message,
  };
}
