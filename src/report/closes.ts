import { type Capacity, type CapacityFrame, createCapacity } from './capacity.ts';
import type { CloseDetail, OutcomeRow } from './ports.ts';
import {
  type CapacityFreed,
  type IdleAtClose,
  LISTED,
  type Reopened,
  type ReopenedClose,
  type Spread,
} from './report.ts';
import { histogramOf, spreadOf } from './spread.ts';

/** What is told of single closes; of those that are kept as sums only, nothing is. */
export interface Closes {
  add(row: OutcomeRow): void;
  figures(): {
    readonly idleAtClose: IdleAtClose;
    readonly staleToClosed: Spread;
    readonly reopened: Reopened;
    readonly capacity: CapacityFreed;
  };
}

export function createCloses(frame: CapacityFrame): Closes {
  const idle: number[] = [];
  const stale: number[] = [];
  const reopened: ReopenedClose[] = [];
  const capacity: Capacity = createCapacity(frame);
  let [closes, cameBack] = [0, 0];
  return {
    add: (row) => {
      const { close } = row;
      if (close === null) return;
      closes++;
      capacity.add(close);
      const idleMs = idleAtClose(row, close);
      if (idleMs !== null) {
        idle.push(idleMs);
        if (row.origin === BY_POLICY) stale.push(Math.max(0, idleMs - close.staleAfterMs));
      }
      if (close.reopenedAt === null) return;
      cameBack++;
      const { conversationId, sessionId, closedAt, reopenedAt: seenAt } = close;
      if (reopened.length < LISTED) {
        reopened.push({ conversationId, sessionId, reason: row.reason, closedAt, seenAt });
      }
    },
    figures: () => ({
      idleAtClose: { ...spreadOf(idle), unknown: closes - idle.length, histogram: histogramOf(idle) },
      staleToClosed: spreadOf(stale),
      reopened: {
        closes,
        rate: closes === 0 ? null : cameBack / closes,
        list: { total: cameBack, items: reopened },
      },
      capacity: capacity.figures(),
    }),
  };
}

/** What is closed because somebody asked for it need not have been stale. */
const BY_POLICY = 'schedule';

/** What took effect late was looked at long after its end, and had not been idle since. */
function idleAtClose({ reason, decidedAt }: OutcomeRow, { idleMs, closedAt }: CloseDetail): number | null {
  if (idleMs === null || reason !== 'confirmed_late') return idleMs;
  return Math.max(0, idleMs - (decidedAt - closedAt));
}
