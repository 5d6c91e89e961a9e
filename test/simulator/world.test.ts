import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { randomStream } from '../../src/simulator/random.ts';
import type { CloseEffect, ConversationRecord } from '../../src/simulator/record.ts';
import { createWorld } from '../../src/simulator/world.ts';
import { conversation, idOf, NOW } from './running.ts';

function worldOf(records: ConversationRecord[], effect: CloseEffect = { kind: 'reply' }) {
  const clock = { now: NOW };
  const world = createWorld(() => clock.now, randomStream(1), effect);
  world.add(...records);
  const entry = (n: number) => world.account().find(({ id }) => id === idOf(n));
  return { clock, world, entry };
}

describe('the world', () => {
  it('counts an end without any agent as abandoned and one with an agent as closed', () => {
    const { world, entry } = worldOf([conversation(1, 'waiting_in_queue'), conversation(2, 'parked')]);
    world.endByItself(idOf(1), NOW);
    world.endByItself(idOf(2), NOW);
    expect(entry(1)).toMatchObject({ status: 'abandoned', endedAt: NOW, endedBy: 'self' });
    expect(entry(2)).toMatchObject({ status: 'closed', endedAt: NOW, endedBy: 'self' });
  });

  it('makes an ended conversation live again under its id, and can end it once more', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'closed')]);
    world.revive(idOf(1), NOW);
    expect(entry(1)).toMatchObject({ status: 'active', endedAt: null, endedBy: null });
    clock.now += MINUTE;
    world.close(idOf(1), null);
    expect(entry(1)).toMatchObject({
      status: 'closed',
      endedAt: clock.now,
      endedBy: 'api',
      effectivePatches: 1,
    });
  });

  it('records a message of either side, and an agent who was not there connects by it', () => {
    const { world } = worldOf([conversation(1, 'waiting_in_queue', HOUR)]);
    world.touch(idOf(1), 'customer', NOW);
    world.touch(idOf(1), 'agent', NOW + 1);
    const participants = world.get(idOf(1))?.participants ?? [];
    expect(participants.find(({ purpose }) => purpose === 'customer')?.messageTimes.at(-1)).toBe(NOW);
    expect(participants.find(({ purpose }) => purpose === 'agent')).toMatchObject({
      connectedAt: NOW + 1,
      messageTimes: [NOW + 1],
    });
  });

  it('takes a parked conversation up again when its agent writes', () => {
    const { world } = worldOf([conversation(1, 'parked')]);
    world.touch(idOf(1), 'agent', NOW);
    expect(world.get(idOf(1))?.participants.at(-1)).toMatchObject({ state: 'connected', resumedAt: NOW });
  });

  it('lets the queue’s own timer end a conversation when its time has come', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'own_timer')]);
    const endsAt = world.get(idOf(1))?.timer?.endsAt ?? 0;
    clock.now = endsAt - 1;
    expect(entry(1)?.status).toBe('active');
    clock.now = endsAt + HOUR;
    expect(entry(1)).toMatchObject({ status: 'abandoned', endedAt: endsAt, endedBy: 'self' });
  });

  it('sets the timer back when somebody writes', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'own_timer')]);
    const endsAt = world.get(idOf(1))?.timer?.endsAt ?? 0;
    world.touch(idOf(1), 'customer', NOW);
    clock.now = endsAt;
    expect(entry(1)?.status).toBe('active');
  });

  it('carries out a delayed close once, when its time has come', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'with_bot')], { kind: 'delayed', ms: 5_000 });
    world.close(idOf(1), null);
    world.close(idOf(1), null);
    clock.now += 4_999;
    expect(entry(1)?.status).toBe('active');
    clock.now += HOUR;
    expect(entry(1)).toMatchObject({ endedAt: NOW + 5_000, endedBy: 'api', effectivePatches: 1 });
  });

  it('does not count a delayed close as the end when the guest left before it', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'parked')], { kind: 'delayed', ms: 5_000 });
    world.close(idOf(1), 'abandoned');
    world.endByItself(idOf(1), NOW + 1_000);
    clock.now += HOUR;
    expect(entry(1)).toMatchObject({ status: 'closed', endedAt: NOW + 1_000, endedBy: 'self' });
  });

  it('keeps a conversation active for ever whose closes have no effect', () => {
    const { clock, world, entry } = worldOf([conversation(1, 'with_bot'), conversation(2, 'with_bot')]);
    world.setCloseEffect(idOf(1), { kind: 'never' });
    world.close(idOf(1), null);
    world.close(idOf(2), null);
    clock.now += 100 * HOUR;
    expect(entry(1)).toMatchObject({ status: 'active', effectivePatches: 0 });
    expect(entry(2)).toMatchObject({ status: 'abandoned', effectivePatches: 1 });
  });

  it('forgets on demand, and still accounts for what it forgot', () => {
    const { world, entry } = worldOf([conversation(1, 'closed')]);
    world.forget(idOf(1));
    expect(world.get(idOf(1))).toBeNull();
    expect(world.list()).toEqual([]);
    expect(entry(1)?.status).toBe('gone');
  });

  it('refuses what cannot happen', () => {
    const { world } = worldOf([conversation(1, 'closed'), conversation(2, 'with_bot')]);
    expect(() => world.touch(idOf(1), 'customer', NOW)).toThrow('has ended');
    expect(() => world.revive(idOf(2), NOW)).toThrow('is active');
    expect(() => world.touch(idOf(3), 'customer', NOW)).toThrow('no conversation');
    expect(() => world.add(conversation(1, 'closed'))).toThrow('already has');
  });
});
