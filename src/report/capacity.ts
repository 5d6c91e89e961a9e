import type { Expected } from '../domain/expected.ts';
import { firstAfter, type Instant } from '../domain/time.ts';
import type { CloseDetail } from './ports.ts';
import type { CapacityFreed } from './report.ts';

/** What the bounds are reckoned from. */
export interface CapacityFrame {
  readonly since: Instant;
  /** The end of the period, or now if that is earlier. */
  readonly end: Instant;
  /** When nights were due, in the order of time, one after the end included; null when none is expected. */
  readonly dueNights: readonly Instant[] | null;
  readonly expected: Pick<Expected, 'inWords'> | null;
}

/** Adds up the slots that closes have freed. */
export interface Capacity {
  add(close: CloseDetail): void;
  figures(): CapacityFreed;
}

export function createCapacity(frame: CapacityFrame): Capacity {
  const { since, end, dueNights } = frame;
  const nights = dueNights ?? [];
  let [withAgent, reopened, unknown, lowerMs, upperMs] = [0, 0, 0, 0, 0];
  return {
    add: ({ agentConnected, reopenedAt, closedAt }) => {
      if (agentConnected === null) unknown++;
      if (agentConnected !== true) return;
      withAgent++;
      const from = Math.max(closedAt, since);
      upperMs += Math.max(0, end - from);
      if (reopenedAt !== null) {
        reopened++;
        return;
      }
      const nextNight = nights[firstAfter(nights, closedAt)] ?? closedAt;
      lowerMs += Math.max(0, Math.min(nextNight, end) - from);
    },
    figures: () => ({
      withAgent,
      reopened,
      unknown,
      lowerMs: dueNights === null ? null : lowerMs,
      upperMs,
      formula: formulaOf(frame),
    }),
  };
}

function formulaOf({ dueNights, expected }: CapacityFrame): string[] {
  const lower =
    dueNights === null || expected === null
      ? 'There is no lower bound, because no night is expected or none has run yet.'
      : `At least: from each close to the next night that was due (${expected.inWords}), as if that night had closed it instead; what was reopened counts as nothing.`;
  return [
    'Each conversation that was closed while an agent was connected is taken to have held one slot of that agent until then.',
    lower,
    'At most: from each close to the end of the period, or to now, as if nothing else had ended it; when Genesys or an agent would have is not known.',
    "It is assumed that nobody would have ended it sooner. What share of the agents' capacity this is, is not known.",
  ];
}
