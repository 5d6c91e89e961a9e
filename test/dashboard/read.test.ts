import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backlogPanel, closedPanel } from '../../src/dashboard/html/charts.ts';
import { modelOf } from '../../src/dashboard/model.ts';
import { DAYS, readSeen, type Seen } from '../../src/dashboard/read.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY, HOUR, type Instant, MINUTE, toIso } from '../../src/domain/time.ts';
import { gather } from '../../src/report/gather.ts';
import type { Store } from '../../src/store/store.ts';
import { every } from '../helpers/expected.ts';
import { tries } from '../helpers/fuzz.ts';
import { conclude, id, mappingRow, newRun, outcome, T0, tempStore } from '../store/fixtures.ts';
import { around } from './make.ts';

const NOW = T0 + 40 * DAY;
const QUESTION = {
  now: NOW,
  timeZone: 'Europe/Berlin',
  staleAfterMs: DAY,
  expected: every(DAY),
  lifeOf: () => 'alive' as const,
  lastNight: null,
};

async function read({ dashboard }: Pick<Store, 'dashboard'>, now = NOW): Promise<Seen> {
  return readSeen(dashboard, { ...QUESTION, now }, async (fn) => fn());
}

/** A night whose outcomes are of these kinds, one conversation after the other. */
function night(
  store: Store,
  startedAt: Instant,
  from: number,
  kinds: readonly string[],
  dryRun = false,
): void {
  const runId = store.runs.begin(newRun({ startedAt, dryRun }));
  kinds.forEach((kind, at) => {
    const one = outcome(from + at, {
      outcome: kind as 'kept',
      reason: kind === 'kept' ? 'parked' : kind === 'failed' ? 'close' : 'stale',
      decidedAt: startedAt + at * 7 * MINUTE,
      closedAt: kind === 'closed' ? startedAt + at * 7 * MINUTE : null,
    });
    if (dryRun)
      store.ledger.record(runId, one, { mappingState: null, settlesRequest: false, needsIntent: false }, NOW);
    else conclude(store, runId, one, NOW);
  });
  store.runs.finish(runId, {
    ...{ state: 'done', exitCode: 0, message: 'done', finishedAt: startedAt + HOUR },
    ...{ counts: { ...noCounts(), candidates: kinds.length, left: 1 }, requests: noRequests() },
  });
}

const KINDS = fc.constantFrom('closed', 'already_closed', 'kept', 'failed', 'not_found');
const NIGHTS = fc.array(
  fc.record({
    daysAgo: fc.integer({ min: 0, max: 38 }),
    kinds: fc.array(KINDS, { maxLength: 6 }),
    dry: fc.boolean(),
  }),
  { maxLength: 8 },
);

describe('what the dashboard reads', () => {
  it('are the figures of the report on the same days, though read otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(NIGHTS, async (nights) => {
        const { store } = tempStore();
        const sorted = [...nights].sort((a, b) => b.daysAgo - a.daysAgo);
        store.intake.putMappings(
          Array.from({ length: 60 }, (_, n) => mappingRow(n, { startedAt: T0 + n * HOUR })),
          'csv',
          T0,
        );
        sorted.forEach(({ daysAgo, kinds, dry }, at) => {
          night(store, NOW - daysAgo * DAY - HOUR, at * 6, kinds, dry);
        });
        const { report } = await read(store);
        const full = gather(
          store.report,
          { ...QUESTION, since: report.since, until: report.until, by: 'day', atWork: null },
          QUESTION.staleAfterMs,
        );
        expect(report.days).toHaveLength(DAYS);
        for (const key of ['totals', 'days', 'keptReasons', 'nights', 'backlogTrend', 'backlog'] as const) {
          expect(report[key], key).toEqual(full[key]);
        }
        expect(report.unclosable).toEqual(full.unclosable);
        const recent = full.failures.items.filter(({ lastAt }) => lastAt >= NOW - 13 * DAY);
        expect(report.failures.items).toEqual(expect.arrayContaining(recent));
      }),
      tries(25),
    );
  });

  it('goes through more open mappings than one step reads, and finds the holds that end first', async () => {
    const { store, user } = tempStore();
    const insert = user.prepare(
      'INSERT INTO mappings (conversation_id, session_id, started_at, hold_until) VALUES (?, ?, ?, ?)',
    );
    user.transaction(() => {
      for (let n = 0; n < 4_500; n++) {
        const hold = n % 1_000 === 0 ? toIso(NOW + (5_000 - n) * MINUTE) : null;
        insert.run(id(n), `web-${n}`, toIso(T0 + (n % 7) * DAY + n * 1_000), hold);
      }
    })();
    const { report, held } = await read(store);
    expect(report.backlog).toMatchObject({ due: 4_495, onHold: 5, oldestMs: NOW - T0 - 7_000 });
    expect(held.map(({ sessionId }) => sessionId)).toEqual(
      [4_000, 3_000, 2_000, 1_000, 0].map((n) => `web-${n}`),
    );
  });

  it('knows whether there is any mapping, also of what has ended', async () => {
    const { store, user } = tempStore();
    expect((await read(store)).hasMappings).toBe(false);
    store.intake.putMappings([mappingRow(0)], 'csv', T0);
    user.prepare("UPDATE mappings SET state = 'closed', state_at = ?").run(toIso(T0 + HOUR));
    expect((await read(store)).hasMappings).toBe(true);
  });

  it('has every failure that is open, also of a night when many failed', async () => {
    const { store } = tempStore();
    night(store, NOW - 12 * HOUR, 0, Array(66).fill('failed'));
    const { report } = await read(store);
    expect(report.failures.items).toHaveLength(66);
  });

  it('goes through all close requests, the oldest first, a list being one origin', async () => {
    const { store, user } = tempStore();
    const insert = user.prepare(
      'INSERT INTO close_requests (conversation_id, origin, requested_at) VALUES (?, ?, ?)',
    );
    user.transaction(() => {
      for (let n = 0; n < 2_100; n++) insert.run(id(n), `csv:a.csv#${n}`, toIso(NOW - HOUR + n));
      insert.run(id(9_000), 'http', toIso(NOW - 2 * HOUR));
    })();
    const { asked } = await read(store);
    expect(asked).toMatchObject({
      total: 2_101,
      origins: [
        { origin: 'csv:a.csv', n: 2_100 },
        { origin: 'http', n: 1 },
      ],
    });
    expect(asked.first.map(({ origin }) => origin).slice(0, 2)).toEqual(['http', 'csv:a.csv#0']);
  });

  it('knows how far a sweep at work has come, and counts what was pruned', async () => {
    const { store, user } = tempStore();
    night(store, T0 + 20 * DAY, 0, ['closed', 'closed', 'kept']);
    store.pruning.removeOutcomes({ before: T0 + 25 * DAY, watchedSince: NOW }, null);
    expect(user.prepare('SELECT sum(n) AS n FROM outcome_summaries').get()).toEqual({ n: 3 });
    const runId = store.runs.begin(newRun({ startedAt: NOW - MINUTE }));
    conclude(store, runId, outcome(50, { outcome: 'closed', closedAt: NOW, decidedAt: NOW - 1 }), NOW);
    const { progress, lastSweep, report } = await read(store);
    expect({ progress, id: lastSweep?.id }).toEqual({ progress: { closed: 1 }, id: runId });
    expect(report.totals).toMatchObject({ closed: 3, kept: 1 });
  });

  it.each([
    ['alive', 0],
    ['unknown', 0],
    ['dead', 1],
  ] as const)('counts a night whose process is %s as broken off %i times', async (life, brokenOff) => {
    const { store } = tempStore();
    store.runs.begin(newRun({ startedAt: NOW - HOUR }));
    const question = { ...QUESTION, lifeOf: () => life };
    const seen = await readSeen(store.dashboard, question, async (fn) => fn());
    expect(seen.report.nights).toMatchObject({ due: 1, run: 1, incomplete: brokenOff });
    // Of what it met nothing is on record yet, so there is no course to draw.
    const { text } = backlogPanel(modelOf(around(seen, { lifeOf: () => life })));
    expect(text).not.toContain('class="plot"');
    const closed = closedPanel(modelOf(around(seen, { lifeOf: () => life }))).text;
    expect(closed.includes('○')).toBe(life === 'dead');
  });
});
