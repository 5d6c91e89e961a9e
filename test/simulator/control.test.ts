import { describe, expect, it } from 'vitest';
import { conversation, DISCONNECT, idOf, messages, NOW, running } from './running.ts';

const event = (n: number, what: string) => `/simulator/conversations/${idOf(n)}/${what}`;
const anonymous = { authorization: '' };

describe('the simulator’s own paths', () => {
  it('tell the account of the world and the requests by route and status, without a token', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    await there.call('GET', messages(1));
    await there.call('PATCH', messages(1), DISCONNECT);
    await there.call('PATCH', messages(1), DISCONNECT);
    const world = await there.call('GET', '/simulator/world', undefined, anonymous);
    expect(world.json).toEqual([
      {
        id: idOf(1),
        kind: 'with_bot',
        status: 'abandoned',
        endedAt: NOW,
        endedBy: 'api',
        patches: 2,
        effectivePatches: 1,
        reads: 1,
      },
    ]);
    const requests = await there.call('GET', '/simulator/requests', undefined, anonymous);
    expect(requests.json).toEqual({ token: { 200: 1 }, read: { 200: 1 }, close: { 200: 1, 409: 1 } });
  });

  it('let a guest or an agent write, a conversation end, come back and be forgotten', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot')] });
    const happen = async (what: string, body?: unknown) =>
      (await there.call('POST', event(1, what), body, anonymous)).json;
    const writers = () =>
      there.simulator.world.get(idOf(1))?.participants.filter((one) => one.messageTimes.includes(NOW));
    await happen('touch');
    expect(writers()?.map(({ purpose }) => purpose)).toEqual(['customer']);
    await happen('touch', { by: 'agent' });
    expect(writers()?.map(({ purpose }) => purpose)).toEqual(['customer', 'agent']);
    expect(await happen('end')).toMatchObject({ status: 'closed', endedBy: 'self' });
    expect(await happen('revive')).toMatchObject({ status: 'active' });
    expect(await happen('forget')).toMatchObject({ status: 'gone' });
    expect((await there.call('GET', messages(1))).status).toBe(404);
  });

  it('refuse what cannot happen and what they do not know', async () => {
    const there = await running({ conversations: [conversation(1, 'with_bot'), conversation(2, 'closed')] });
    const status = async (path: string) => (await there.call('POST', path, undefined, anonymous)).status;
    expect(await status(event(1, 'revive'))).toBe(409);
    expect(await status(event(2, 'touch'))).toBe(409);
    expect(await status(event(2, 'end'))).toBe(409);
    expect(await status(event(3, 'end'))).toBe(404);
    expect(await status(event(1, 'explode'))).toBe(404);
    expect(await status('/simulator/conversations/nonsense/end')).toBe(404);
  });

  it('are not Genesys’s, so they are not in the log', async () => {
    const there = await running();
    await there.call('GET', '/simulator/world');
    expect(there.simulator.log.map(({ route }) => route)).toEqual(['token']);
  });
});
