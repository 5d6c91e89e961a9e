import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '../../src/domain/time.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { intend } from '../store/fixtures.ts';
import { night } from './night.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const parked = (n: number) => conversation(n, 'parked', 2 * DAY);

/** A night on which all are looked at and kept, and then asked for while the last one is in hand. */
async function askedFor(count: number) {
  const n = await night({ conversations: [...numbers(count).map(parked), parked(900)] });
  n.when('read', idOf(900), () => {
    n.clock.jump(1);
    n.request(numbers(count).map(idOf));
  });
  // The oldest own activity goes first: this one is the last.
  n.user.prepare('UPDATE mappings SET last_activity_at = started_at').run();
  n.user
    .prepare("UPDATE mappings SET last_activity_at = '2026-01-13T23:00:00.000Z' WHERE conversation_id = ?")
    .run(idOf(900));
  return n;
}

describe('requests that come after their conversation was looked at', () => {
  it('share the budget of the run that serves them', async () => {
    const n = await askedFor(5);
    const { exitCode } = await n.sweep({ maxCloses: 2, concurrency: 1 });
    expect(n.world.account().filter(({ patches }) => patches > 0)).toHaveLength(2);
    expect(exitCode).toBe(6);
  });

  it('are a run with figures of its own', async () => {
    const n = await askedFor(2);
    const { run, requests } = await n.sweep({ concurrency: 1 });
    const own = n.store.report.run(n.outcomes(idOf(1)).at(-1)?.runId ?? 0);
    expect(own).toMatchObject({ kind: 'close', counts: { requested: 2, closed: 2 } });
    expect(own?.requests).toMatchObject({ total: 4, reads: 2, closes: 2, tokens: 0 });
    expect(own?.id).not.toBe(run.id);
    expect(n.notes).toContain(`Run ${own?.id} served 2 requests that came meanwhile: ${own?.message}`);
    expect(requests).toMatchObject({ total: 1 + 3 + 4, tokens: 1 });
  });

  it('are served between pages, not only at the end', async () => {
    const rest = Array.from({ length: 80 }, (_, i) => conversation(i + 101, 'parked', DAY + 1));
    const n = await night({ wire: 'memory', conversations: [parked(1), ...rest] });
    n.when('read', idOf(110), () => void n.request([idOf(1)]));
    await n.sweep({ concurrency: 1 });
    const reads = n.simulator.log.filter(({ route }) => route === 'read').map((one) => one.conversationId);
    expect(reads.lastIndexOf(idOf(1))).toBe(50);
    expect(n.story(idOf(1))).toEqual(['kept/parked', 'closed/requested']);
  });

  it('have no more time than the run that serves them', async () => {
    const n = await askedFor(20);
    const { startedAt } = (await n.dryRun()).run;
    let reads = 0;
    n.when('read', null, () => (++reads > 21 ? n.park(SECOND) : undefined));
    const { exitCode } = await n.sweep({ concurrency: 1, maxDurationMs: 10 * SECOND });
    const own = n.store.report.run(n.outcomes(idOf(1)).at(-1)?.runId ?? 0);
    expect(exitCode).toBe(6);
    expect(own).toMatchObject({ kind: 'close', exitCode: 6 });
    expect(own?.counts.left).toBeGreaterThan(5);
    expect(own?.finishedAt).toBeLessThanOrEqual(startedAt + 12 * SECOND);
  });

  it('make it end as badly as the worst of them', async () => {
    const n = await askedFor(1);
    let reads = 0;
    n.when('read', idOf(1), () => (++reads === 2 ? { kind: 'reply', status: 400, body: '{}' } : null));
    const { exitCode, message } = await n.sweep({ concurrency: 1 });
    expect(exitCode).toBe(3);
    expect(message).toContain('requests that came meanwhile');
    expect(n.requests(idOf(1)).at(-1)?.settledAt).toBeNull();
  });
});

it('a close that the recovery already settled leaves nothing', async () => {
  const n = await night({ conversations: [conversation(1, 'waiting_in_queue', 2 * DAY)] });
  const id = idOf(1);
  const requests = n.request([id]);
  const runId = n.store.runs.begin({
    kind: 'close',
    scope: 'requested',
    dryRun: false,
    policy: (await import('./night.ts')).SETTINGS.policy,
    startedAt: n.clock.now(),
    host: 'dead',
    pid: 1,
    version: '0',
  });
  intend(n.store, {
    conversationId: id,
    sessionId: null,
    runId,
    intendedAt: n.clock.now(),
    reason: 'requested',
    detail: null,
    origin: 'cli',
    requestId: requests.get(id) ?? null,
    remoteStatus: 'active',
    remoteLastActivityAt: null,
    idleSeconds: null,
    queueId: null,
    agentConnected: null,
  });
  n.world.close(id, 'closed');
  const { report, answers } = await n.close([id]);
  expect(answers.get(id)).toMatchObject({ outcome: 'closed', detail: 'recovered' });
  expect(report).toMatchObject({ exitCode: 0, counts: { left: 0, recovered: 1 } });
});
