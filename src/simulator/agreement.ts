import type { MappingState } from '../domain/mapping.ts';
import type { OutcomeKind } from '../domain/outcome.ts';
import type { AccountEntry } from './account.ts';

/** What the record says of one conversation. */
export interface Recorded {
  readonly conversationId: string;
  /** Null: not in the mapping. */
  readonly mappingState: MappingState | null;
  /** Every outcome of real runs, oldest first. */
  readonly outcomes: readonly OutcomeKind[];
}

/** Outcomes that tell nothing new of the conversation. */
const NO_NEWS: readonly OutcomeKind[] = ['failed', 'not_attempted', 'expired'];

/**
 * Holds a record against the simulator's own account, conversation by conversation. Returns a sentence for each
 * disagreement; none when both sides agree. Conversations that the record has no outcome for must be untouched.
 */
export function disagreements(account: readonly AccountEntry[], record: readonly Recorded[]): string[] {
  const recorded = new Map(record.map((one) => [one.conversationId, one]));
  const known = new Set(account.map(({ id }) => id));
  const strangers = record.filter((one) => !known.has(one.conversationId));
  return [
    ...account.flatMap((entry) => compare(entry, recorded.get(entry.id) ?? null)),
    ...strangers
      .filter((one) => (one.outcomes.at(-1) ?? 'not_found') !== 'not_found')
      .map((one) => `${one.conversationId}: recorded ${one.outcomes.at(-1)}, but it never existed`),
  ];
}

function compare(entry: AccountEntry, record: Recorded | null): string[] {
  const problems: string[] = [];
  const say = (problem: string) => problems.push(`${entry.id} (${entry.kind}): ${problem}`);
  const outcomes = record?.outcomes ?? [];
  const closes = outcomes.filter((outcome) => outcome === 'closed').length;
  const unconfirmed = outcomes.findLast((outcome) => !NO_NEWS.includes(outcome)) === 'unconfirmed' ? 1 : 0;
  const last = outcomes.at(-1) ?? null;

  if (entry.effectivePatches > closes + unconfirmed && entry.status !== 'gone') {
    say(`closed by us ${entry.effectivePatches} times, and recorded as closed ${closes} times`);
  }
  if (entry.effectivePatches < closes) {
    say(`recorded as closed ${closes} times, and closed by us ${entry.effectivePatches} times`);
  }
  if (last === null) return problems;

  const ended = entry.status === 'closed' || entry.status === 'abandoned';
  const expected: Partial<Record<OutcomeKind, boolean>> = {
    // That it was by us is in the counts; since then it may have been reopened and have ended once more.
    closed: ended,
    already_closed: ended,
    not_found: entry.status === 'gone',
    kept: entry.status === 'active',
    unconfirmed: true,
    failed: true,
    not_attempted: true,
    expired: true,
  };
  if (expected[last] !== true)
    say(`recorded as ${last}, and it is ${entry.status}, ended by ${entry.endedBy}`);
  const state = record?.mappingState ?? null;
  if (state === null) return problems;
  const wanted = { closed: 'closed', already_closed: 'closed', not_found: 'gone', kept: 'open' } as const;
  const shouldBe = wanted[last as keyof typeof wanted];
  if (shouldBe !== undefined && state !== shouldBe) say(`its mapping is ${state}, and should be ${shouldBe}`);
  return problems;
}
