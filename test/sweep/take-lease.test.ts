import { describe, expect, it } from 'vitest';
import { LeaseHeldError } from '../../src/domain/errors.ts';
import type { RunKind } from '../../src/domain/run.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { takeLease } from '../../src/sweep/take-lease.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { newRun, tempStore } from '../store/fixtures.ts';

/** A lease that another holds for so long, in a run of this kind, or in none that is open. */
function heldFor(ms: number, kind: RunKind | null) {
  const clock = new VirtualClock();
  const since = clock.now();
  const { store } = tempStore();
  if (kind !== null) store.runs.begin(newRun({ kind, startedAt: since }));
  const isFree = () => clock.now() - since >= ms;
  const lease = { acquire: () => (isFree() ? () => {} : null), demandHeld: () => {} };
  return { clock, since, take: (stop: AbortSignal) => takeLease({ lease, runs: store.runs, clock }, stop) };
}

const NEVER = new AbortController().signal;

async function waitedFor({ clock, since, take }: ReturnType<typeof heldFor>, stop = NEVER) {
  const stopClock = clock.runByItself(() => true);
  const end = await take(stop).then(
    () => 'taken',
    (error: unknown) => error,
  );
  await stopClock();
  return { end, ms: clock.now() - since };
}

describe('the lease', () => {
  it('is taken at once when it is free', async () => {
    expect(await waitedFor(heldFor(0, null))).toEqual({ end: 'taken', ms: 0 });
  });

  it('is waited for while a batch of webhooks holds it, which is over within a minute', async () => {
    expect(await waitedFor(heldFor(12 * SECOND, 'webhook'))).toEqual({ end: 'taken', ms: 12 * SECOND });
    const { end, ms } = await waitedFor(heldFor(MINUTE + SECOND, 'webhook'));
    expect(end).toBeInstanceOf(LeaseHeldError);
    expect(ms).toBe(MINUTE);
  });

  it.each<RunKind>(['sweep', 'close'])('is not waited for while a run of kind %s holds it', async (kind) => {
    expect(await waitedFor(heldFor(SECOND, kind))).toEqual({ end: expect.any(LeaseHeldError), ms: 0 });
  });

  it('is waited for a moment where a run is just beginning or ending', async () => {
    expect(await waitedFor(heldFor(SECOND / 2, null))).toMatchObject({ end: 'taken' });
    expect(await waitedFor(heldFor(MINUTE, null))).toEqual({ end: expect.any(LeaseHeldError), ms: SECOND });
  });

  it('is not waited for by what was interrupted', async () => {
    const { end, ms } = await waitedFor(heldFor(SECOND, 'webhook'), AbortSignal.abort(143));
    expect(end).toBeInstanceOf(LeaseHeldError);
    expect(ms).toBe(0);
  });
});
