import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import type { SweepSettings } from '../../src/sweep/context.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { type How, mappingOf, type Night, night, SETTINGS } from './night.ts';

const ID = idOf(1);
const ASKED = idOf(901);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const fresh = (n: number) => conversation(n, 'waiting_in_queue', HOUR);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const WIDER: Partial<SweepSettings> = { policy: { ...SETTINGS.policy, staleAfterMs: 12 * HOUR } };

/** A quiet first night, and a request that waits for the second. */
async function afterOneNight(): Promise<Night> {
  const n = await night({
    conversations: [conversation(1, 'waiting_in_queue', 18 * HOUR), conversation(901, 'parked', HOUR)],
  });
  expect((await n.sweep()).exitCode).toBe(0);
  n.request([ASKED]);
  return n;
}

async function refused(n: Night, changes: Partial<SweepSettings>, how: How = {}) {
  const report = await n.sweep(changes, how);
  expect(report.exitCode).toBe(5);
  expect(report.run.state).toBe('refused');
  expect(report.counts.left + report.counts.notAttempted).toBeGreaterThan(0);
  expect(n.story(ASKED).at(-1)).toBe('closed/requested');
  expect(n.world.account().filter(({ patches }) => patches > 0)).toHaveLength(1);
  expect(n.store.ledger.intents()).toEqual([]);
  expect(n.agreement()).toEqual([]);
  return report.message;
}

describe('a policy that could close more than that of the last night', () => {
  it('is refused, in a sentence; requests are served and nothing is closed by it', async () => {
    const n = await afterOneNight();
    const message = await refused(n, WIDER);
    expect(message).toContain('staleAfter 1d → 12h');
    expect(message).toContain('--accept-policy');
    expect(n.account(ID).reads).toBe(0);
  });

  it.each([
    ['by the flag', { ...WIDER, acceptPolicy: true }, {}],
    ['by a person at the terminal', WIDER, { confirm: async () => true }],
  ])('is in force when it was accepted %s, and is the measure from then on', async (_, changes, how) => {
    const n = await afterOneNight();
    expect((await n.sweep(changes, how)).exitCode).toBe(0);
    expect(n.story(ID)).toEqual(['closed/stale_unanswered']);
    await n.later(HOUR);
    expect((await n.sweep(WIDER)).exitCode).toBe(0);
  });

  it('is asked about once, with what was found, and refused when the person says no', async () => {
    const n = await afterOneNight();
    const questions: string[] = [];
    await refused(n, WIDER, {
      confirm: async (question) => {
        questions.push(question);
        return false;
      },
    });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain('staleAfter 1d → 12h');
  });

  it('is a remark in a dry run', async () => {
    const n = await afterOneNight();
    const { exitCode, message, counts } = await n.dryRun(WIDER);
    expect(exitCode).toBe(0);
    expect(message).toContain('A real run would be refused: The policy could close more');
    expect(counts.wouldClose).toBe(2);
  });

  it('is compared with the last full night, not with a limited one or a dry run', async () => {
    const n = await afterOneNight();
    await n.dryRun(WIDER);
    await n.sweep({ ...WIDER, acceptPolicy: true, limit: 0 });
    await refused(n, WIDER);
  });
});

describe('a night unlike others', () => {
  /** Three quiet nights, then far more than usual. */
  async function flooded(): Promise<Night> {
    const n = await night({ conversations: [conversation(901, 'parked', HOUR), fresh(1)] });
    for (let i = 0; i < 3; i++) await n.sweep();
    const flood = numbers(201).map((i) => idOf(1000 + i));
    n.store.intake.putMappings(
      flood.map((conversationId) => ({
        conversationId,
        sessionId: 's',
        userId: null,
        startedAt: n.clock.now() - 2 * DAY,
        lastActivityAt: null,
      })),
      'test',
      n.clock.now(),
    );
    n.request([ASKED]);
    return n;
  }

  it('is refused before the first look, and says by how much', async () => {
    const n = await flooded();
    const { exitCode, message, counts } = await n.sweep();
    expect(exitCode).toBe(5);
    expect(message).toContain('201 conversations are left to examine, more than 5 times the usual 0');
    expect(counts).toMatchObject({ inspected: 1, closed: 1, left: 201 });
  });

  it('is measured by what other nights had: five times as much is not unlike them', async () => {
    const parked = (one: number) => conversation(one, 'parked', 2 * DAY);
    const n = await night({ wire: 'memory', conversations: numbers(50).map(parked) });
    for (let i = 0; i < 3; i++) await n.sweep();
    const more = numbers(170).map((one) => parked(one + 1000));
    n.world.add(...more);
    n.store.intake.putMappings(more.map(mappingOf), 'test', n.clock.now());
    expect(await n.sweep()).toMatchObject({ exitCode: 0, counts: { candidates: 220, kept: 220 } });
  });

  it('is accepted by the flag only: nobody is asked', async () => {
    const n = await flooded();
    const asked: string[] = [];
    const confirm = async (question: string) => asked.push(question) > 0;
    expect((await n.sweep({}, { confirm })).exitCode).toBe(5);
    expect(asked).toEqual([]);
    const { counts, exitCode } = await n.sweep({ acceptVolume: true });
    expect({ exitCode, notFound: counts.notFound }).toEqual({ exitCode: 3, notFound: 201 });
  });

  it('is a remark in a dry run', async () => {
    const n = await flooded();
    const { exitCode, message } = await n.dryRun({ limit: 5 });
    expect(exitCode).toBe(6);
    expect(message).toContain('A real run would be refused: 201 conversations');
  });
});

describe('a clock or an organisation that is wrong', () => {
  const world = () => [...numbers(15).map(stale), conversation(901, 'parked', 3 * HOUR)];

  it.each([
    [6 * MINUTE, "This machine's clock is 6m behind Genesys's"],
    [-6 * MINUTE, "This machine's clock is 6m ahead of Genesys's"],
  ])('%i ms apart: closes nothing by policy', async (clockSkewMs, sentence) => {
    const n = await night({ conversations: world(), simulator: { clockSkewMs } });
    n.request([ASKED]);
    const message = await refused(n, {});
    expect(message).toContain(sentence);
    expect(n.story(ID)).toEqual(['not_attempted/refused']);
  });

  it('is tolerated within five minutes', async () => {
    const n = await night({ conversations: world(), simulator: { clockSkewMs: 4 * MINUTE } });
    expect(await n.sweep()).toMatchObject({ exitCode: 0, counts: { closed: 15 } });
  });

  it('of another organisation: closes nothing by policy, and asks for it once', async () => {
    const n = await night({ conversations: world() });
    n.request([ASKED]);
    const message = await refused(n, { expectOrganization: 'Acme' });
    expect(message).toContain('belong to the organisation Simulated Organisation');
    expect(message).toContain('not to Acme');
    expect(n.simulator.log.filter(({ route }) => route === 'organization')).toHaveLength(1);
  });

  it('of an organisation that cannot be read: closes nothing by policy', async () => {
    const n = await night({ conversations: world() });
    n.request([ASKED]);
    n.when('organization', null, () => ({ kind: 'reply', status: 403, body: '{"code":"not.authorized"}' }));
    expect(await refused(n, { expectOrganization: 'Acme' })).toContain('could not be read');
  });

  it('of an organisation for which no requests are left: ends the run with 8', async () => {
    const n = await night({ conversations: world() });
    n.when('organization', null, () => ({ kind: '429', retryAfter: '3600' }));
    const { exitCode, counts } = await n.sweep({ expectOrganization: 'Acme' });
    expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 8, closed: 0 });
    expect(n.store.ledger.intents()).toEqual([]);
  });

  it.each(['Simulated Organisation', '94f2d3eb-f3c7-4398-8695-c8f2d8a80d21'])(
    'is right when it is the expected one, %s',
    async (expectOrganization) => {
      const n = await night({ conversations: world() });
      const { exitCode, counts } = await n.sweep({ expectOrganization });
      expect({ exitCode, closed: counts.closed }).toEqual({ exitCode: 0, closed: 15 });
    },
  );

  it('is not asked for when nothing is to be closed by policy', async () => {
    const n = await night({ conversations: [conversation(1, 'parked', 2 * DAY)] });
    expect((await n.sweep({ expectOrganization: 'Acme' })).exitCode).toBe(0);
    expect(n.simulator.log.filter(({ route }) => route === 'organization')).toEqual([]);
  });

  it('is a remark in a dry run', async () => {
    const n = await night({ conversations: world(), simulator: { clockSkewMs: HOUR } });
    const { exitCode, message, counts } = await n.dryRun({ expectOrganization: 'Acme' });
    expect({ exitCode, wouldClose: counts.wouldClose }).toEqual({ exitCode: 0, wouldClose: 15 });
    expect(message).toContain("A real run would be refused: This machine's clock is 1h behind");
  });
});

describe('conversations that nobody knows', () => {
  it('are not taken for gone in the wrong organisation', async () => {
    const n = await night({ conversations: numbers(3).map(stale) });
    for (const one of numbers(3)) n.world.forget(idOf(one));
    n.request([idOf(3)]);
    const { exitCode, counts } = await n.sweep({ expectOrganization: 'Acme' });
    expect(exitCode).toBe(5);
    expect(counts.notFound).toBe(0);
    expect(numbers(3).map((one) => n.mapping(idOf(one))?.state)).toEqual(['open', 'open', 'open']);
    expect(numbers(3).map((one) => n.story(idOf(one)))).toEqual([
      ['not_attempted/refused'],
      ['not_attempted/refused'],
      ['not_attempted/refused'],
    ]);
    expect(n.requests(idOf(3)).at(-1)?.settledAt).toBeNull();
  });

  it('are a reason to look at the settings when there is nothing else', async () => {
    const n = await night({ conversations: numbers(12).map(stale) });
    for (const one of numbers(12)) n.world.forget(idOf(one));
    const { exitCode, message } = await n.sweep();
    expect(exitCode).toBe(3);
    expect(message).toContain('knows none of the 12');
  });
});
