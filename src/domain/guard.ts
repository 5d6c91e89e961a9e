import type { Policy } from './policy.ts';
import { humanDuration, MINUTE } from './time.ts';

/** Why a run must not close by policy, as one sentence with what to do. */
export interface Refusal {
  readonly guard:
    | 'policy_widened'
    | 'unusual_volume'
    | 'wrong_clock'
    | 'wrong_organization'
    | 'source_unread';
  readonly sentence: string;
}

/**
 * In which settings `next` could close more than `last` did. Each setting is compared by itself: whether the
 * change would have mattered last night says nothing about tonight.
 */
export function widenedSettings(last: Policy, next: Policy): string[] {
  const widened: string[] = [];
  const shorter = (name: string, before: number, after: number) => {
    if (after < before) widened.push(`${name} ${humanDuration(before)} → ${humanDuration(after)}`);
  };
  const fewer = (name: string, before: readonly string[], after: readonly string[]) => {
    const gone = before.filter((id) => !after.includes(id));
    if (gone.length > 0) widened.push(`${name} without ${gone.join(', ')}`);
  };
  shorter('staleAfter', last.staleAfterMs, next.staleAfterMs);
  shorter('staleAfterWithAgent', last.staleAfterWithAgentMs, next.staleAfterWithAgentMs);
  shorter('platformTimerGrace', last.platformTimerGraceMs, next.platformTimerGraceMs);
  if (last.awaitingAgent === 'keep' && next.awaitingAgent === 'close')
    widened.push('awaitingAgent keep → close');
  fewer('exemptQueues', last.exemptQueues, next.exemptQueues);
  fewer('exemptDivisions', last.exemptDivisions, next.exemptDivisions);
  const added = next.messageTypes.filter((type) => !last.messageTypes.includes(type));
  if (added.length > 0) widened.push(`messageTypes with ${added.join(', ')}`);
  return widened;
}

/** Guard (a): the policy could close more than that of the last baseline run. */
export function policyWidened(last: Policy | null, next: Policy): Refusal | null {
  const widened = last === null ? [] : widenedSettings(last, next);
  return widened.length === 0
    ? null
    : {
        guard: 'policy_widened',
        sentence: `The policy could close more than on the last night (${widened.join('; ')}); check it with a dry run, then accept it once with --accept-policy.`,
      };
}

const VOLUME_FACTOR = 5;
const VOLUME_FLOOR = 200;
const VOLUME_NIGHTS = 3;

/** Guard (b): far more left to examine than on other nights. `nights` are their candidate counts. */
export function unusualVolume(left: number, nights: readonly number[]): Refusal | null {
  if (nights.length < VOLUME_NIGHTS || left <= VOLUME_FLOOR) return null;
  const usual = median(nights);
  return left <= VOLUME_FACTOR * usual
    ? null
    : {
        guard: 'unusual_volume',
        sentence: `${left} conversations are left to examine, more than ${VOLUME_FACTOR} times the usual ${usual}; check where they come from, then accept them once with --accept-volume.`,
      };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const CLOCK_LIMIT_MS = 5 * MINUTE;

/** Guard (c): the two clocks disagree, so every age is wrong. `skewMs` is remote minus local; null: not known. */
export function wrongClock(skewMs: number | null): Refusal | null {
  return skewMs === null || Math.abs(skewMs) <= CLOCK_LIMIT_MS
    ? null
    : {
        guard: 'wrong_clock',
        sentence: `This machine's clock is ${humanDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead of'} Genesys's, so every age would be wrong; set it right (NTP) and run again.`,
      };
}

/** Guard (d): the token belongs to another organisation. */
export function wrongOrganization(
  expected: string | null,
  actual: { id: string; name: string },
): Refusal | null {
  return expected === null || expected === actual.id || expected === actual.name
    ? null
    : {
        guard: 'wrong_organization',
        sentence: `The credentials belong to the organisation ${actual.name} (${actual.id}), not to ${expected}; use those of the right one, or change expectOrganization.`,
      };
}
