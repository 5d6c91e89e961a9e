import { EventEmitter, once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Child } from './child.ts';
import { aPlace, type Place } from './place.ts';
import { demandAgreement, idOf, map, stale } from './world.ts';

interface HeldSweep {
  readonly place: Place;
  readonly sweep: Child;
  readonly goOn: () => void;
  /** Resolves when somebody has asked for one more conversation, which is not answered either. */
  readonly anotherRead: () => Promise<void>;
}

/** A sweep whose first read is not answered before `goOn` is called. */
async function heldSweep(count = 3): Promise<HeldSweep> {
  const place = await aPlace({ conversations: stale(count) });
  place.env.NIGHTSWEEP_CONCURRENCY = '1';
  map(place, count);
  let goOn = () => {};
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const reads = new EventEmitter();
  place.simulator.intercept(async ({ route }) => {
    if (route !== 'read') return null;
    reads.emit('read');
    await mayGoOn;
    return null;
  });
  const anotherRead = async () => void (await once(reads, 'read'));
  const reading = anotherRead();
  const sweep = place.start('sweep', '--json');
  await reading;
  return { place, sweep, goOn, anotherRead };
}

describe('while a sweep holds the lease', () => {
  it('a second sweep exits 11 at once and names the holder', async () => {
    const { place, sweep, goOn } = await heldSweep();
    const requests = place.simulator.log.length;
    const second = await place.run('sweep');
    expect(second.code).toBe(11);
    expect(second.stderr).toMatch(/^nightsweep: Another run holds the lease: run 1 \(sweep, [^\n]+\n$/);
    expect(second.stderr).toContain(`host ${hostname()}, process ${sweep.process.pid}, since `);
    expect(place.simulator.log, 'it has asked for nothing').toHaveLength(requests);
    goOn();
    expect((await sweep.ended).code).toBe(0);
    expect(place.query('SELECT id FROM runs')).toEqual([{ id: 1 }]);
    demandAgreement(place);
  });

  it('a dry run needs none', async () => {
    const { place, sweep, goOn, anotherRead } = await heldSweep();
    const reading = anotherRead();
    const dry = place.start('sweep', '--dry-run', '--json');
    await reading;
    goOn();
    expect((await dry.ended).code).toBe(0);
    expect((await sweep.ended).code).toBe(0);
    demandAgreement(place);
  });

  it('close is served by that sweep, and says to which run it was handed', async () => {
    const { place, sweep, goOn } = await heldSweep();
    place.execute(`DELETE FROM mappings WHERE conversation_id = '${idOf(3)}'`);
    const close = place.start('close', idOf(3), '--json');
    await close.says('Handed to run 1 (sweep');
    goOn();
    const { code, json } = await close.ended;
    expect(code).toBe(0);
    expect(json).toMatchObject({
      run: { id: 1, kind: 'sweep' },
      results: [{ conversationId: idOf(3), outcome: 'closed', reason: 'requested' }],
    });
    expect((await sweep.ended).code).toBe(0);
    expect(place.count('close')).toBe(3);
    demandAgreement(place);
  });

  it('doctor says who holds it', async () => {
    const { place, goOn, sweep } = await heldSweep(1);
    place.simulator.intercept(null);
    const { stdout } = await place.run('doctor');
    expect(stdout).toMatch(/ok {4}lease {10}held by run 1 \(sweep, host /);
    goOn();
    await sweep.ended;
  });

  it('kill -9 frees it at once, and the next sweep marks the run as interrupted', async () => {
    const { place, sweep, goOn } = await heldSweep();
    sweep.process.kill('SIGKILL');
    await sweep.ended;
    goOn();
    const next = await place.run('sweep', '--json');
    expect(next.code).toBe(0);
    expect(place.query('SELECT id, state FROM runs')).toEqual([
      { id: 1, state: 'interrupted' },
      { id: 2, state: 'done' },
    ]);
    demandAgreement(place);
  });

  it('one that is stopped keeps it, and goes on where it was', async () => {
    const { place, sweep, goOn } = await heldSweep();
    sweep.process.kill('SIGSTOP');
    expect((await place.run('sweep')).code).toBe(11);
    sweep.process.kill('SIGCONT');
    goOn();
    expect((await sweep.ended).code).toBe(0);
    demandAgreement(place);
  });
});
