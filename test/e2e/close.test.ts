import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { aPlace, type Place } from './place.ts';
import { conversations, demandAgreement, idOf, map, stale } from './world.ts';

async function placeWith(count: number, options: Partial<SimulatorOptions> = {}): Promise<Place> {
  const place = await aPlace({ conversations: stale(count), ...options });
  map(place, count);
  return place;
}

describe('close', () => {
  it('by id: says what it found, closes it and proves it', async () => {
    const place = await placeWith(1);
    const { code, stdout } = await place.runHere('close', idOf(1).toUpperCase(), '--reason', 'by phone');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${idOf(1)} {2}closed \\(requested\\)\n {2}its close was asked for by cli`),
    );
    expect(stdout).toContain('idle for 1d 6h');
    expect(place.query('SELECT origin, reason, outcome FROM close_requests')).toEqual([
      { origin: 'cli', reason: 'by phone', outcome: 'closed' },
    ]);
    demandAgreement(place);
  });

  it('of several: one unknown, one that has ended, one twice; exits 3 and says what became of each', async () => {
    const place = await placeWith(2, { conversations: conversations(['with_bot', 'closed']) });
    const { code, stdout } = await place.runHere('close', idOf(1), idOf(2), idOf(9), idOf(1));
    expect(code).toBe(3);
    expect(stdout).toContain(`${idOf(1)}  closed (requested)`);
    expect(stdout).toContain(`${idOf(2)}  already closed (ended)`);
    expect(stdout).toContain(`${idOf(9)}  not found`);
    expect(place.count('close')).toBe(1);
    demandAgreement(place);
  });

  it('by --session: all its open conversations, and no other', async () => {
    const place = await placeWith(3);
    place.execute("UPDATE mappings SET session_id = 'web-1' WHERE session_id = 'web-2'");
    const { code, json } = await place.runHere('close', '--session', 'web-1', '--json');
    expect(code).toBe(0);
    expect(json.results.map((result: { conversationId: string }) => result.conversationId).sort()).toEqual([
      idOf(1),
      idOf(2),
    ]);
    expect(place.simulator.world.get(idOf(3))?.patches).toBe(0);
    demandAgreement(place);
  });

  it('leaves alone what is on hold, and exits 3', async () => {
    const place = await placeWith(1);
    await place.runHere('hold', idOf(1), '--for', '1d');
    const { code, stdout } = await place.runHere('close', idOf(1));
    expect(code).toBe(3);
    expect(stdout).toContain('kept (on_hold)');
    expect(place.count('close')).toBe(0);
    demandAgreement(place);
  });

  it('keeps one whose guest writes meanwhile, unless with --force', async () => {
    const place = await placeWith(1);
    place.simulator.intercept(({ route }) => {
      if (route === 'read') place.simulator.world.touch(idOf(1), 'customer', Date.now() + 50);
      return null;
    });
    const kept = await place.runHere('close', idOf(1));
    expect(kept.code).toBe(3);
    expect(kept.stdout).toContain('kept (active_since_request)');
    expect(place.count('close')).toBe(0);
    const forced = await place.runHere('close', idOf(1), '--force');
    expect(forced.code).toBe(0);
    demandAgreement(place);
  });

  it('that never shows is unconfirmed, never closed', async () => {
    const place = await placeWith(1, { closeEffect: { kind: 'never' } });
    const { code, json } = await place.runHere('close', idOf(1), '--json');
    expect(code).toBe(3);
    expect(json.results).toMatchObject([{ outcome: 'unconfirmed', remoteStatus: 'active' }]);
    expect(place.query('SELECT settled_at FROM close_requests')).toEqual([{ settled_at: null }]);
    expect(place.count('close')).toBe(1);
  });

  it('that takes effect late is verified, not sent again', async () => {
    const place = await placeWith(1, { closeEffect: { kind: 'delayed', ms: 500 } });
    const { code, json } = await place.runHere('close', idOf(1), '--json');
    expect(code).toBe(0);
    expect(json.results).toMatchObject([{ outcome: 'closed' }]);
    expect(place.count('close')).toBe(1);
    demandAgreement(place);
  });

  it('works in the gateway contract too', async () => {
    const place = await placeWith(2);
    const { code, json } = await place.runHere('close', idOf(1), '--api', 'gateway', '--json');
    expect(code).toBe(0);
    expect(json.results).toMatchObject([{ outcome: 'closed', reason: 'requested' }]);
    expect(place.simulator.log.at(-1)?.path).toContain('/conversations/messaging/');
    demandAgreement(place);
  });
});
