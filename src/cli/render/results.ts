import type { ClosesRow } from '../../intake/summary.ts';
import { toCsv } from '../../report/formats/csv.ts';
import type { Answer } from '../../sweep/handover.ts';

/** What became of each row of an imported list, in the order of the file. */
export function resultsCsv(rows: readonly ClosesRow[], answers: ReadonlyMap<string, Answer>): string {
  return toCsv(
    ['line', 'conversation_id', 'outcome', 'reason', 'detail'],
    rows.map(({ line, conversationId, raw, status, code }) => {
      if (status === 'rejected' || conversationId === null) {
        return [line, conversationId, 'rejected', code, raw];
      }
      const answer = answers.get(conversationId);
      return [
        line,
        conversationId,
        answer?.outcome ?? 'not_attempted',
        answer?.reason ?? null,
        answer?.detail ?? null,
      ];
    }),
  );
}
