import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/domain/errors.ts';
import { isBaseline, noCounts, noRequests, type RunKind, type RunScope } from '../../src/domain/run.ts';
import { HOUR } from '../../src/domain/time.ts';
import type { RunConclusion } from '../../src/sweep/ports.ts';
import { newRun, outcome, POLICY, T0, tempStore } from './fixtures.ts';

const conclusion: RunConclusion = {
  state: 'done',
  counts: { ...noCounts(), candidates: 7, closed: 3 },
  requests: { ...noRequests(), total: 11 },
  exitCode: 0,
  message: '3 closed',
  finishedAt: T0 + HOUR,
};
const dead = () => false;

describe('a run', () => {
  it('is running from its begin, with the policy in force', () => {
    const { store } = tempStore();
    const id = store.runs.begin(newRun({ scope: 'limited', dryRun: true }));
    expect(store.report.run(id)).toEqual({
      ...newRun({ scope: 'limited', dryRun: true }),
      id,
      state: 'running',
      policy: POLICY,
      counts: noCounts(),
      requests: noRequests(),
      finishedAt: null,
      exitCode: null,
      message: null,
    });
  });

  it('keeps what it concluded with', () => {
    const { store } = tempStore();
    const id = store.runs.begin(newRun());
    store.runs.finish(id, conclusion);
    expect(store.report.run(id)).toEqual({ ...newRun(), id, ...conclusion });
  });

  it('that is no longer there cannot be concluded in silence', () => {
    const { store } = tempStore();
    expect(() => store.runs.finish(99, conclusion)).toThrow(DatabaseError);
    expect(() => store.runs.finish(99, conclusion)).toThrow('Run 99 is no longer in the database');
  });

  it('from before a figure existed shows 0 for it', () => {
    const { store, user } = tempStore();
    const id = store.runs.begin(newRun());
    user.exec(`UPDATE runs SET counts = '{"closed":2}', requests = '{}'`);
    expect(store.report.run(id)?.counts).toEqual({ ...noCounts(), closed: 2 });
    expect(store.report.run(id)?.requests).toEqual(noRequests());
  });
});

describe('the running run', () => {
  it('is the newest real one', () => {
    const { store } = tempStore();
    expect(store.runs.running()).toBeNull();
    store.runs.finish(store.runs.begin(newRun()), conclusion);
    expect(store.runs.running()).toBeNull();
    store.runs.begin(newRun());
    const newest = store.runs.begin(newRun({ kind: 'close', scope: 'requested' }));
    store.runs.begin(newRun({ dryRun: true }));
    expect(store.runs.running()?.id).toBe(newest);
  });
});

describe('interrupting the dead', () => {
  it('marks what still runs but the current run, and leaves the finished as they are', () => {
    const { store } = tempStore();
    const finished = store.runs.begin(newRun());
    store.runs.finish(finished, conclusion);
    const first = store.runs.begin(newRun());
    const second = store.runs.begin(newRun({ kind: 'webhook' }));
    const current = store.runs.begin(newRun());

    expect(store.runs.interruptDead(current, T0 + 2 * HOUR, dead)).toEqual([first, second]);
    expect(store.report.run(first)).toMatchObject({
      state: 'interrupted',
      finishedAt: T0 + 2 * HOUR,
      exitCode: null,
      message: expect.stringContaining('process 4711 on web-1'),
    });
    expect(store.report.run(current)?.state).toBe('running');
    expect(store.report.run(finished)?.state).toBe('done');
    expect(store.runs.interruptDead(current, T0 + 3 * HOUR, dead)).toEqual([]);
  });

  it('counts what the dead run has recorded', () => {
    const { store } = tempStore();
    const run = store.runs.begin(newRun());
    store.ledger.record(run, outcome(1, { outcome: 'closed' }), null, T0);
    store.ledger.record(run, outcome(2, { outcome: 'closed' }), null, T0);
    store.ledger.record(run, outcome(3, { outcome: 'already_closed' }), null, T0);
    store.runs.interruptDead(store.runs.begin(newRun()), T0, dead);
    expect(store.report.run(run)?.counts).toEqual({ ...noCounts(), closed: 2, alreadyClosed: 1 });
  });

  it('asks only about dry runs, and only where their holder is dead', () => {
    const { store } = tempStore();
    const real = store.runs.begin(newRun({ pid: 1 }));
    const alive = store.runs.begin(newRun({ pid: 2, dryRun: true }));
    const gone = store.runs.begin(newRun({ pid: 3, dryRun: true }));
    const asked: [string, number][] = [];
    const marked = store.runs.interruptDead(99, T0, ({ host, pid }) => {
      asked.push([host, pid]);
      return pid === 2;
    });
    expect(marked).toEqual([real, gone]);
    expect(asked.sort()).toEqual([
      ['web-1', 2],
      ['web-1', 3],
    ]);
    expect(store.report.run(alive)?.state).toBe('running');
  });
});

describe('the baseline runs', () => {
  const kinds: RunKind[] = ['sweep', 'close', 'webhook'];
  const scopes: RunScope[] = ['full', 'requested', 'limited'];
  const exits = [0, 1, 3, 5, 6, 8, 130];

  it('are those that isBaseline() says, newest first', () => {
    const { store } = tempStore();
    for (const kind of kinds) {
      for (const scope of scopes) {
        for (const dryRun of [false, true]) {
          store.runs.begin(newRun({ kind, scope, dryRun }));
          for (const exitCode of exits) {
            store.runs.finish(store.runs.begin(newRun({ kind, scope, dryRun })), { ...conclusion, exitCode });
          }
        }
      }
    }
    const expected = store.report.runs(Number.POSITIVE_INFINITY).filter(isBaseline);
    expect(expected).toHaveLength(3);
    expect(store.runs.baselines(14)).toEqual(expected);
    expect(store.runs.baselines(2)).toEqual(expected.slice(0, 2));
  });
});

describe('a run whose row is damaged', () => {
  it.each(['policy', 'counts', 'requests'] as const)(
    'in its %s is an error of the database, not a bug',
    (column) => {
      const { store, user } = tempStore();
      const run = store.runs.begin(newRun());
      user.pragma('ignore_check_constraints = ON');
      user.prepare(`UPDATE runs SET ${column} = ?`).run('{"half');
      expect(() => store.report.run(run)).toThrow(DatabaseError);
      expect(() => store.report.run(run)).toThrow(`The ${column} of run ${run} are damaged`);
    },
  );
});
