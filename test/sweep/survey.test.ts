import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../src/domain/outcome.ts';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/domain/time.ts';
import { population } from '../../src/simulator/population.ts';
import { START } from '../helpers/virtual-clock.ts';
import { conversation, idOf } from '../simulator/running.ts';
import { intend } from '../store/fixtures.ts';
import { type Night, night, SETTINGS } from './night.ts';

const ended = (n: number) => conversation(n, 'closed', 2 * DAY);
const stale = (n: number) => conversation(n, 'waiting_in_queue', 2 * DAY);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const readsOf = (n: Night) => n.simulator.log.filter(({ route }) => route === 'read').length;
const surveysOf = (n: Night) => n.simulator.log.filter(({ route }) => route === 'survey').length;

describe('the survey', () => {
  it('settles the ended ones a hundred at a time, without a read of their own', async () => {
    const n = await night({ conversations: [...range(1, 230).map(ended), ...range(231, 240).map(stale)] });
    const { counts, requests } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({
      candidates: 240,
      surveyed: 240,
      alreadyClosed: 230,
      closed: 10,
      inspected: 10,
    });
    expect(requests).toMatchObject({ surveys: 3, reads: 10, closes: 10 });
    expect(n.outcomes(idOf(1)).at(-1)).toMatchObject({
      outcome: 'already_closed',
      reason: 'ended',
      requests: 0,
    });
    expect(n.mapping(idOf(1))?.state).toBe('closed');
    expect(n.agreement()).toEqual([]);
  });

  it.each([3, 4])('on and off give equal outcomes (seed %s)', async (seed) => {
    const stories = async (survey: boolean) => {
      const n = await night({ conversations: population(seed, 120, START) });
      await n.sweep({ survey });
      expect(n.agreement()).toEqual([]);
      return n.world
        .account()
        .map(({ id, status }) => [
          id,
          status,
          n.story(id),
          n.outcomes(id).map(({ remoteStatus, closedAt }) => [remoteStatus, closedAt === null]),
          n.mapping(id)?.state,
        ]);
    };
    expect(await stories(true)).toEqual(await stories(false));
  });

  it('never leads to a close: what it shows as alive is read first', async () => {
    const n = await night({ conversations: [stale(1), stale(2)] });
    n.when('read', idOf(1), () => n.world.touch(idOf(1), 'customer', n.clock.now()));
    await n.sweep({ survey: true });
    expect(n.story(idOf(1))).toEqual(['kept/active_recently']);
    expect(n.account(idOf(1)).patches).toBe(0);
  });

  it('is not believed where our own side was active after that end', async () => {
    const n = await night({ conversations: [ended(1), ended(2), ended(3)] });
    const after = toIso(n.clock.now() - 30 * HOUR);
    n.user.prepare('UPDATE mappings SET last_activity_at = ? WHERE conversation_id = ?').run(after, idOf(2));
    n.world.revive(idOf(2), n.clock.now() - 30 * HOUR);
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 2, inspected: 1, closed: 1 });
    expect(n.agreement()).toEqual([]);
  });

  it('is not believed where only our own side knows of a life after that end', async () => {
    const n = await night({ conversations: [ended(1), ended(2), ended(3)] });
    const after = toIso(n.clock.now() - 30 * HOUR);
    n.user.prepare('UPDATE mappings SET last_activity_at = ? WHERE conversation_id = ?').run(after, idOf(2));
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 3, inspected: 1 });
    expect(n.account(idOf(2)).reads).toBe(1);
  });

  it('is not believed where we have seen it alive since that end', async () => {
    const n = await night({ conversations: [ended(1), ended(2), ended(3)] });
    const endedAt = n.account(idOf(1)).endedAt ?? 0;
    const told = JSON.stringify({
      conversations: [1, 2, 3].map((i) => ({
        conversationId: idOf(i),
        conversationStart: toIso(endedAt - DAY),
        conversationEnd: toIso(endedAt),
      })),
      totalHits: 3,
    });
    n.world.revive(idOf(1), n.clock.now() - 2 * HOUR);
    n.when('survey', null, () => ({ kind: 'reply', status: 200, body: told }));
    await n.sweep({ survey: false });
    expect(n.story(idOf(1))).toEqual(['kept/active_recently']);
    n.user.prepare("UPDATE mappings SET state = 'open'").run();
    await n.later(HOUR);
    const { counts } = await n.sweep({ survey: true });
    expect(n.story(idOf(1)).at(-1)).toBe('kept/active_recently');
    expect(counts).toMatchObject({ surveyed: 3, alreadyClosed: 2, kept: 1 });
  });

  it('says when it ended by analytics', async () => {
    const n = await night({ conversations: [ended(1), ended(2)] });
    await n.sweep({ survey: true });
    const [outcome] = n.outcomes(idOf(1));
    const at = toIso(outcome?.closedAt ?? 0);
    expect(outcome).toMatchObject({ detail: `by analytics it has already ended at ${at}` });
  });

  it('does not settle what somebody has asked for meanwhile, and nothing that has left the mapping', async () => {
    const n = await night({ conversations: [ended(1), ended(2), ended(3)] });
    n.when('survey', null, () => {
      n.request([idOf(2)]);
      n.user.prepare('DELETE FROM mappings WHERE conversation_id = ?').run(idOf(3));
    });
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 2, inspected: 1 });
    expect(n.account(idOf(2)).reads).toBe(1);
    expect(n.requests(idOf(2))).toMatchObject([{ outcome: 'already_closed' }]);
    expect(n.story(idOf(3))).toEqual([]);
  });

  it('does not settle what an intent is on record for', async () => {
    const n = await night({ conversations: [ended(1), ended(2)] });
    const runId = n.store.runs.begin({
      kind: 'close',
      scope: 'requested',
      dryRun: false,
      policy: SETTINGS.policy,
      startedAt: n.clock.now(),
      host: 'night-1',
      pid: 4711,
      version: '0.0.0',
    });
    n.when(
      'survey',
      null,
      () =>
        void intend(n.store, {
          conversationId: idOf(2),
          sessionId: null,
          runId,
          intendedAt: n.clock.now(),
          reason: 'requested',
          detail: null,
          origin: 'cli',
          requestId: null,
          ...NO_FACTS,
        }),
    );
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 1 });
    expect(n.story(idOf(2))).toEqual([]);
    expect(n.store.ledger.intents()).toMatchObject([{ conversationId: idOf(2) }]);
  });

  it('is behind: an end that it does not know yet, and a reopening that it does not know yet', async () => {
    const n = await night({
      conversations: [ended(1), ended(2), stale(3)],
      simulator: { analyticsLagMs: 20 * MINUTE },
    });
    n.world.endByItself(idOf(3), n.clock.now() - MINUTE);
    n.world.revive(idOf(2), n.clock.now() - MINUTE);
    await n.sweep({ survey: true });
    expect(n.story(idOf(3))).toEqual(['already_closed/ended']);
    // By analytics it has ended; the watch of a later night finds it alive.
    expect(n.story(idOf(2))).toEqual(['already_closed/ended']);
    await n.later(HOUR);
    await n.sweep({ survey: true });
    expect(n.story(idOf(2))).toEqual(['already_closed/ended', 'kept/active_recently']);
    expect(n.mapping(idOf(2))?.state).toBe('open');
    expect(n.agreement()).toEqual([]);
  });

  it('leaves to a read what analytics does not know', async () => {
    const n = await night({ conversations: [ended(1), ended(2), stale(3)] });
    n.world.forget(idOf(2));
    await n.sweep({ survey: true });
    expect(n.story(idOf(2))).toEqual(['not_found']);
    expect(n.agreement()).toEqual([]);
  });

  it('confirms late the close of an earlier night', async () => {
    const n = await night({ conversations: [stale(1), ended(2)] });
    n.world.setCloseEffect(idOf(1), { kind: 'delayed', ms: HOUR });
    await n.sweep({ survey: true });
    expect(n.story(idOf(1))).toEqual(['unconfirmed/stale_unanswered']);
    await n.later(2 * HOUR);
    n.user.prepare("UPDATE mappings SET state = 'open' WHERE conversation_id = ?").run(idOf(2));
    await n.sweep({ survey: true });
    expect(n.story(idOf(1)).at(-1)).toBe('closed/confirmed_late');
    expect(readsOf(n)).toBe(1 + 4);
    expect(n.agreement()).toEqual([]);
  });

  it('asks for fewer at a time when the server answers 400', async () => {
    const n = await night({ conversations: range(1, 100).map(ended), simulator: { maxIdsPerSurvey: 30 } });
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 100, surveyed: 100, inspected: 0 });
    // 100 and 50 are refused; then 25 at a time.
    expect(surveysOf(n)).toBe(2 + 4);
  });

  it('is given up when even two at a time are too many', async () => {
    const n = await night({ conversations: range(1, 12).map(ended), simulator: { maxIdsPerSurvey: 1 } });
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 12, surveyed: 0, inspected: 12 });
    // 12, 6, 3, and at last 2.
    expect(surveysOf(n)).toBe(4);
    expect(n.notes.filter((note) => note.startsWith('No survey'))).toHaveLength(1);
  });

  it('that fails for good in the middle of a page leaves the rest of it to reads', async () => {
    const n = await night({ conversations: range(1, 60).map(ended), simulator: { maxIdsPerSurvey: 20 } });
    n.when('survey', null, (nth) =>
      nth === 4 ? { kind: 'reply', status: 403, body: '{"code":"missing.permissions"}' } : null,
    );
    const { counts } = await n.sweep({ survey: true });
    // 60 and 30 are refused, 15 are settled, and then it is over.
    expect(counts).toMatchObject({ surveyed: 15, alreadyClosed: 60, inspected: 45 });
    expect(surveysOf(n)).toBe(4);
  });

  it.each([
    ['forbidden', { missingPermissions: ['analytics:conversationDetail:view'] }],
    ['down', { faults: {} }],
  ])('that is %s is replaced by reads, with one warning', async (what, simulator) => {
    const n = await night({ conversations: range(1, 320).map(ended), simulator });
    if (what === 'down') n.when('survey', null, () => '503');
    const { counts, exitCode } = await n.sweep({ survey: true });
    // Three pages, each asked about four times, before it is given up.
    expect(surveysOf(n)).toBe(what === 'down' ? 3 * 4 : 1);
    expect(counts).toMatchObject({ alreadyClosed: 320, inspected: 320, surveyed: 0 });
    expect(exitCode).toBe(0);
    expect(n.notes.filter((note) => note.startsWith('No survey'))).toHaveLength(1);
    expect(n.agreement()).toEqual([]);
  });

  it('does not exist in the gateway contract', async () => {
    const n = await night({ contract: 'gateway', conversations: range(1, 3).map(ended) });
    expect((await n.sweep({ survey: true })).counts).toMatchObject({ surveyed: 0, inspected: 3 });
  });

  it('does not answer a person, who wants to know what is so now', async () => {
    const n = await night({ conversations: range(1, 3).map(ended) });
    n.request([idOf(1)]);
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ requested: 1, inspected: 1, surveyed: 2, alreadyClosed: 3 });
  });

  it('watches what ended lately at a hundredth of the cost, and reads only what looks alive', async () => {
    const n = await night({ conversations: range(1, 60).map(stale) });
    await n.sweep({ survey: true });
    await n.later(10 * HOUR);
    n.world.revive(idOf(7), n.clock.now());
    await n.later(HOUR);
    const before = n.simulator.log.length;
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ reopened: 1, kept: 1, inspected: 1 });
    expect(n.simulator.log.slice(before).map(({ route }) => route)).toEqual(['token', 'survey', 'read']);
    expect(n.agreement()).toEqual([]);
  });

  it('counts towards --limit, so that a small trial stays small', async () => {
    const n = await night({ conversations: range(1, 60).map(ended) });
    const { counts, exitCode } = await n.sweep({ survey: true, limit: 20 });
    expect(counts).toMatchObject({ alreadyClosed: 20, left: 40 });
    expect(exitCode).toBe(6);
  });

  it('in a dry run changes nothing', async () => {
    const n = await night({ conversations: [ended(1), ended(2), stale(3)] });
    const { counts } = await n.dryRun({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 2, wouldClose: 1 });
    expect([1, 2, 3].map((i) => n.mapping(idOf(i))?.state)).toEqual(['open', 'open', 'open']);
  });

  it('of one page may fail without giving up the survey of the night', async () => {
    const n = await night({ conversations: range(1, 350).map(ended) });
    n.when('survey', null, (nth) => (nth <= 4 ? '503' : null));
    const { counts } = await n.sweep({ survey: true });
    expect(counts).toMatchObject({ alreadyClosed: 350, surveyed: 250, inspected: 100 });
    expect(n.notes.filter((note) => note.startsWith('No survey'))).toEqual([]);
    expect(n.notes.filter((note) => note.startsWith('no survey of this page: '))).toHaveLength(1);
  });

  it('that is rate limited for ever costs the run no more than three conversations may', async () => {
    const n = await night({ conversations: range(1, 10).map(stale) });
    n.when('survey', null, () => ({ kind: '429', retryAfter: '170' }));
    const began = n.clock.now();
    const { counts } = await n.sweep({ survey: true, maxDurationMs: 30 * MINUTE });
    expect(n.clock.now() - began).toBeLessThan(30 * MINUTE);
    expect(counts.closed).toBe(10);
  });

  it('does not settle a session that began after that end', async () => {
    const n = await night({ conversations: [ended(1), ended(2)] });
    const change = n.user.prepare(
      'UPDATE mappings SET started_at = ?, last_activity_at = NULL WHERE conversation_id = ?',
    );
    change.run(toIso(n.clock.now() - 26 * HOUR), idOf(2));
    expect((await n.sweep({ survey: true })).counts).toMatchObject({ alreadyClosed: 2, inspected: 1 });
  });

  it("makes a single conversation that is forbidden that one's failure, not everybody's", async () => {
    const n = await night({ conversations: [...range(1, 30).map(ended), stale(31)] });
    n.when('read', idOf(31), () => ({ kind: 'reply', status: 403, body: '{"code":"missing.permissions"}' }));
    expect(await n.sweep({ survey: true })).toMatchObject({
      exitCode: 3,
      counts: { failed: 1, alreadyClosed: 30 },
    });
  });

  it('does not keep a run from ending at a daily limit', async () => {
    const n = await night({ conversations: range(1, 150).map(ended) });
    n.when('survey', null, (nth) => (nth === 2 ? { kind: '429', retryAfter: '3600' } : null));
    const { counts, exitCode } = await n.sweep({ survey: true });
    expect(exitCode).toBe(8);
    expect(counts).toMatchObject({ alreadyClosed: 100, left: 50 });
  });
});

describe('closes', () => {
  it('go before further inspections, so that a run cut short has closed as much as it could', async () => {
    const n = await night({
      conversations: range(1, 40).map(stale),
      simulator: { latencyMs: [SECOND, SECOND] },
    });
    await n.sweep({ maxDurationMs: 8 * SECOND, concurrency: 4 });
    const inspected = n.simulator.log.filter(({ route }) => route === 'read').length;
    const closed = n.simulator.log.filter(({ route }) => route === 'close').length;
    expect(closed).toBe(inspected);
  });
});

it('holds no more than two pages of rows at a time, however many are due', async () => {
  const n = await night({ conversations: range(1, 900).map(ended) });
  const { work, ledger } = n.store as {
    work: Mutable<typeof n.store.work>;
    ledger: Mutable<typeof n.store.ledger>;
  };
  const { pageDue } = work;
  const { recordAll } = ledger;
  let held = 0;
  let most = 0;
  work.pageDue = (...page) => {
    const rows = pageDue(...page);
    held += rows.length;
    most = Math.max(most, held);
    return rows;
  };
  ledger.recordAll = (runId, outcomes, seenAt) => {
    held -= outcomes.length;
    recordAll(runId, outcomes, seenAt);
  };
  await n.sweep({ survey: true });
  expect(held).toBe(0);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(200);
});

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
