import { describe, expect, it } from 'vitest';
import { parseConversationId } from '../../src/domain/ids.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { DIVISIONS, QUEUES } from '../../src/simulator/places.ts';
import { messageConversation } from '../../src/simulator/platform-view.ts';
import { mappingRows, population } from '../../src/simulator/population.ts';
import { CONVERSATION_KINDS, endOf, isActive, statusOf } from '../../src/simulator/record.ts';
import { NOW } from './running.ts';

const countBy = <T>(all: readonly T[], key: (one: T) => string) =>
  all.reduce<Record<string, number>>((counts, one) => {
    const name = key(one);
    return Object.assign(counts, { [name]: (counts[name] ?? 0) + 1 });
  }, {});

describe('the population', () => {
  it('is the same again for the same seed and another one for another seed', () => {
    expect(population(7, 300, NOW)).toEqual(population(7, 300, NOW));
    const ids = new Set(population(7, 300, NOW).map(({ id }) => id));
    expect(population(8, 300, NOW).some(({ id }) => ids.has(id))).toBe(false);
  });

  it('keeps its ids and kinds when it is told at another time', () => {
    const identity = (now: number) =>
      population(3, 200, now).map(({ id, kind, messageType, participants }) => ({
        id,
        kind,
        messageType,
        participants: participants.map((one) => [one.id, one.purpose, one.queueId]),
      }));
    expect(identity(NOW + 400 * DAY)).toEqual(identity(NOW));
  });

  it('begins with the smaller population of the same seed', () => {
    expect(population(5, 1_000, NOW).slice(0, 130)).toEqual(population(5, 130, NOW));
  });

  it('has valid and unique ids', () => {
    const ids = population(1, 2_000, NOW).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2_000);
    expect(ids.filter((id) => parseConversationId(id) !== id)).toEqual([]);
  });

  it('has every kind among the first hundred, and 45 of them ended', () => {
    const first = population(42, 100, NOW);
    expect(Object.keys(countBy(first, ({ kind }) => kind)).sort()).toEqual([...CONVERSATION_KINDS].sort());
    expect(countBy(first, statusOf)).toEqual({ closed: 29, abandoned: 16, active: 55 });
  });

  it('leaves about 30 in a hundred stale and to be closed', () => {
    const stale = new Set([
      'waiting_in_queue',
      'with_bot',
      'agent_customer_silent',
      'after_call_work',
      'never_wrote',
    ]);
    const closable = population(42, 1_000, NOW).filter((record) => {
      const signs = record.participants.flatMap((one) => [one.startedAt, ...one.messageTimes]);
      return stale.has(record.kind) && NOW - Math.max(...signs) >= 24 * HOUR;
    });
    expect(closable.length).toBeGreaterThan(260);
    expect(closable.length).toBeLessThan(320);
  });

  it('is spread over all queues and divisions', () => {
    const all = population(1, 500, NOW);
    const queues = new Set(
      all.flatMap(({ participants }) => participants.flatMap(({ queueId }) => queueId ?? [])),
    );
    expect([...queues].sort()).toEqual(QUEUES.map(({ id }) => id));
    expect([...new Set(all.flatMap(({ divisionIds }) => divisionIds))].sort()).toEqual(
      DIVISIONS.map(({ id }) => id),
    );
  });

  it('never tells anything that has yet to happen, or that came before the start', () => {
    for (const record of population(9, 500, NOW)) {
      for (const one of record.participants) {
        for (const at of [one.startedAt, ...one.messageTimes, one.endedAt ?? NOW, one.acwStartedAt ?? NOW]) {
          expect(at, record.kind).toBeGreaterThanOrEqual(record.startedAt);
          expect(at, record.kind).toBeLessThanOrEqual(NOW);
        }
        expect([...one.messageTimes].sort((a, b) => a - b)).toEqual(one.messageTimes);
      }
      expect(isActive(record) ? null : record.history.at(-1)?.at, record.kind).toBe(endOf(record));
    }
  });
});

describe('each kind looks on the wire like what it is called', () => {
  const example = (kind: (typeof CONVERSATION_KINDS)[number]) => {
    const record = population(4, 100, NOW).find((one) => one.kind === kind);
    if (record === undefined) throw new Error(`no ${kind}`);
    return messageConversation(record);
  };
  const lastWord = ({ participants }: ReturnType<typeof example>) =>
    participants
      .flatMap(({ purpose, messages }) => messages.map(({ messageTime }) => ({ purpose, messageTime })))
      .sort((a, b) => a.messageTime.localeCompare(b.messageTime))
      .at(-1)?.purpose;
  const liveAgent = ({ participants }: ReturnType<typeof example>) =>
    participants.find(({ purpose, endTime }) => purpose === 'agent' && endTime === undefined);

  it('an agent is connected and the guest silent, or the guest waits for the agent', () => {
    expect(liveAgent(example('agent_customer_silent'))?.state).toBe('connected');
    expect(lastWord(example('agent_customer_silent'))).toBe('agent');
    expect(liveAgent(example('agent_customer_waiting'))?.state).toBe('connected');
    expect(lastWord(example('agent_customer_waiting'))).toBe('customer');
  });

  it('a parked one has an agent with a time of parking and none of resuming', () => {
    expect(liveAgent(example('parked'))).toMatchObject({ state: 'parked', parkTime: expect.any(String) });
    expect(liveAgent(example('parked'))).not.toHaveProperty('resumeTime');
  });

  it('after-call work has begun, has not ended, and the guest is still there', () => {
    const { participants } = example('after_call_work');
    const agent = participants.find(({ purpose }) => purpose === 'agent');
    expect(agent).toMatchObject({
      wrapupRequired: true,
      startAcwTime: expect.any(String),
      state: 'disconnected',
    });
    expect(agent).not.toHaveProperty('endAcwTime');
    expect(participants.find(({ purpose }) => purpose === 'customer')?.state).toBe('connected');
  });

  it('one that never wrote has no message, another type is not web messaging, a bot spoke last', () => {
    expect(lastWord(example('never_wrote'))).toBeUndefined();
    expect(example('other_message_type').participants[0]?.type).toMatch(/^(whatsapp|sms|open)$/);
    expect(lastWord(example('with_bot'))).toBe('bot');
  });

  it('the queue’s own timer lies a few hours ahead', () => {
    const left = Date.parse(example('own_timer').inactivityTimeout ?? '') - NOW;
    expect(left).toBeGreaterThanOrEqual(HOUR);
    expect(left).toBeLessThanOrEqual(10 * HOUR);
  });

  it('a reopened one has both a guest who left and one who is there', () => {
    const guests = example('reopened').participants.filter(({ purpose }) => purpose === 'customer');
    expect(guests.map(({ state }) => state)).toEqual(['disconnected', 'connected']);
  });
});

describe('the mapping rows', () => {
  it('agree with the world, one for each conversation in the same order', () => {
    const world = population(6, 400, NOW);
    const rows = mappingRows(6, 400, NOW);
    expect(rows.map(({ conversationId, startedAt }) => [conversationId, startedAt])).toEqual(
      world.map(({ id, startedAt }) => [id, startedAt]),
    );
  });

  it('never tell of own activity after the end, so that an ended one stays settled', () => {
    const rows = mappingRows(6, 400, NOW);
    const late = population(6, 400, NOW).filter((record, index) => {
      const endedAt = endOf(record);
      return endedAt !== null && (rows[index]?.lastActivityAt ?? 0) > endedAt;
    });
    expect(late).toEqual([]);
  });

  it('have unknown activity, unknown users and shared sessions among them', () => {
    const rows = mappingRows(6, 400, NOW);
    expect(rows.some(({ lastActivityAt }) => lastActivityAt === null)).toBe(true);
    expect(rows.some(({ userId }) => userId === null)).toBe(true);
    expect(new Set(rows.map(({ sessionId }) => sessionId)).size).toBeLessThan(rows.length);
  });
});
