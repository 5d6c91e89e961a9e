import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { night } from './night.ts';
import type { WireKind } from './wire.ts';

const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** The fault that each close in turn meets with; null: none. */
const FAULTS: readonly (Fault | null)[] = [
  null,
  'reset_before',
  'reset_after',
  'hang_up',
  'timeout',
  '504',
  '503',
  '401',
  { kind: '429', retryAfter: '7' },
  'truncated_json',
  { kind: 'reply', status: 403, body: '{"code":"not.authorized"}' },
];

/** What a night with every fault in it leaves behind; without moments, which real sockets shift by a millisecond. */
async function nightOn(wire: WireKind) {
  const n = await night({ wire, conversations: numbers(FAULTS.length * 2).map(stale) });
  numbers(FAULTS.length * 2).forEach((i) => {
    const fault = FAULTS[i % FAULTS.length] ?? null;
    n.when('close', idOf(i), (nth) => (nth === 1 ? fault : null));
    if (i % 9 === 4) n.when('read', idOf(i), (nth) => (nth === 1 ? 'reset_after' : null));
  });
  const { counts, keptReasons, requests, exitCode, message } = await n.sweep({ survey: true });
  const stories = n.world.account().map(({ id, status, reads, patches, effectivePatches }) => ({
    story: n.story(id),
    details: n.outcomes(id).map(({ detail, httpStatus, errorCode }) => ({ detail, httpStatus, errorCode })),
    status,
    reads,
    patches,
    effectivePatches,
  }));
  return { counts, keptReasons, requests, exitCode, message, stories };
}

describe('a night without sockets', () => {
  it('comes out as it does over real ones, whatever goes wrong', async () => {
    const [memory, sockets] = await Promise.all([nightOn('memory'), nightOn('sockets')]);
    expect(memory).toEqual(sockets);
    expect(sockets.requests.retried).toBeGreaterThan(5);
    expect(sockets.counts.closed).toBeGreaterThan(15);
  });
});
