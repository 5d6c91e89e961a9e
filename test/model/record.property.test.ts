import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consequencesOf, OUTCOMES } from '../../src/domain/outcome.ts';
import { HOUR, toIso } from '../../src/domain/time.ts';
import Database from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import type { Ledger, RunStore, WorkStore } from '../../src/sweep/ports.ts';
import { id, intent, newRun, outcome, T0, tempDir } from '../store/fixtures.ts';
import { MemoryRecord } from './memory-record.ts';

const RUNS = 30;
const CONVERSATIONS = [1, 2, 3, 4, 5].map(id);

/** The ports of a run, and what the user's own program does. */
interface Side {
  readonly runs: RunStore;
  readonly work: WorkStore;
  readonly ledger: Ledger;
  set(conversationId: string, changes: { holdUntil?: number; lastActivityAt?: number }): void;
  request(conversationId: string, at: number, origin: string): void;
  /** When and how its requests were settled. */
  settled(conversationId: string): readonly (readonly [number | null, string | null])[];
}

const moment = fc.integer({ min: 0, max: 40 }).map((hours) => T0 + hours * HOUR);
const conversation = fc.constantFrom(...CONVERSATIONS);
const run = fc.integer({ min: 1, max: 3 });

const step: fc.Arbitrary<(side: Side) => unknown> = fc.oneof(
  fc
    .record({ dryRun: fc.boolean(), startedAt: moment })
    .map((how) => (side: Side) => side.runs.begin(newRun(how))),
  fc.tuple(run, moment).map(
    ([runId, at]) =>
      (side: Side) =>
        side.runs.interruptDead(runId, at, () => false),
  ),
  fc.tuple(conversation, moment).map(
    ([one, holdUntil]) =>
      (side: Side) =>
        side.set(one, { holdUntil }),
  ),
  fc.tuple(conversation, moment).map(
    ([one, at]) =>
      (side: Side) =>
        side.set(one, { lastActivityAt: at }),
  ),
  fc
    .tuple(conversation, moment, fc.constantFrom('cli', 'csv:a.csv#1'))
    .map((asked) => (side: Side) => side.request(...asked)),
  fc.tuple(conversation, run, moment, fc.boolean()).map(([one, runId, intendedAt, right]) => (side: Side) => {
    return side.ledger.intend(one, () =>
      right ? intent(CONVERSATIONS.indexOf(one) + 1, runId, { intendedAt }) : null,
    );
  }),
  conversation.map((one) => (side: Side) => side.ledger.withdraw(one)),
  fc
    .record({
      conversationId: conversation,
      outcome: fc.constantFrom(...OUTCOMES),
      remoteStatus: fc.constantFrom('active' as const, 'closed' as const, 'unknown' as const),
      httpStatus: fc.constantFrom(null, 403),
      origin: fc.constantFrom('schedule', 'cli', 'csv:a.csv#1'),
      decidedAt: moment,
    })
    .chain((changes) => fc.tuple(fc.constant(outcome(1, changes)), run, moment, fc.boolean()))
    .map(
      ([one, runId, seenAt, dry]) =>
        (side: Side) =>
          side.ledger.record(runId, one, dry ? null : consequencesOf(one), seenAt),
    ),
);

/** What either says or, for a step that it refuses, that it does. */
function told(side: Side, act: (side: Side) => unknown): unknown {
  try {
    return act(side) ?? null;
  } catch {
    return 'refused';
  }
}

/** Everything that a run can ask. */
function answers({ runs, work, ledger, settled }: Side): unknown {
  return [1, 2, 3].flatMap((runId) =>
    [0, 20].map((hours) => {
      const due = { cutoff: T0 + hours * HOUR, now: T0 + hours * HOUR, runId };
      const watched = { from: T0, to: T0 + hours * HOUR, runId };
      const [first = null] = work.pageDue(due, null, 1);
      return {
        due: [work.countDue(due), work.pageDue(due, null, 9), work.pageDue(due, first, 2)],
        resting: work.countResting(due),
        requests: [work.countRequests(runId), work.pageRequests(runId, 1, 9), work.lateRequests(runId, 9)],
        left: [work.countLeft(due), work.countLeft({ ...due, cutoff: null })],
        watched: [true, false].map((ours) => work.pageWatched({ ...watched, ours }, null, 9)),
        known: CONVERSATIONS.map((one) => {
          const { request, lastOutcome, ...known } = work.known(one);
          const last = lastOutcome && [lastOutcome.outcome, lastOutcome.decidedAt, lastOutcome.runId];
          return { ...known, request: request?.requestedAt, last, done: work.isDone(runId, one) };
        }),
        settled: CONVERSATIONS.map(settled),
        intents: ledger.intents().map((one) => [one.conversationId, one.runId, one.intendedAt]),
        running: runs.running()?.id,
      };
    }),
  );
}

describe('the record in memory, that the model of a run writes to', () => {
  it('answers everything as the database does, whatever was done before', () => {
    const mapping = fc.record({
      startedAt: moment,
      lastActivityAt: fc.option(moment),
      state: fc.constantFrom('open' as const, 'closed' as const, 'gone' as const),
      stateAt: moment,
    });
    const plan = fc.record({
      mappings: fc.array(mapping, { minLength: 3, maxLength: CONVERSATIONS.length }),
      steps: fc.array(step, { maxLength: 25 }),
    });
    const dir = tempDir();
    let files = 0;
    fc.assert(
      fc.property(plan, ({ mappings, steps }) => {
        const path = `${dir}/${files++}.db`;
        const store = openStore(path, { mode: 'create', now: T0 });
        const user = new Database(path);
        const memory = new MemoryRecord();
        const stored: Side = {
          ...store,
          set: (one, changes) => {
            for (const [column, at] of Object.entries(changes)) {
              user
                .prepare(
                  `UPDATE mappings SET ${column === 'holdUntil' ? 'hold_until' : 'last_activity_at'} = ? WHERE conversation_id = ?`,
                )
                .run(toIso(at), one);
            }
          },
          request: (conversationId, at, origin) => {
            if (store.work.known(conversationId).request !== null) return;
            store.intake.requestCloses([{ conversationId, reason: null, origin, force: false }], at);
          },
          settled: (one) =>
            store.report.history(one).requests.map(({ settledAt, outcome: by }) => [settledAt, by]),
        };
        const remembered: Side = {
          runs: memory.runs,
          work: memory.work,
          ledger: memory.ledger,
          set: (one, changes) => memory.update(one, changes),
          request: (one, at, origin) => void memory.request(one, at, origin),
          settled: (one) =>
            memory.requested
              .filter(({ conversationId }) => conversationId === one)
              .map(({ settledAt, outcome: by }) => [settledAt, by]),
        };
        try {
          mappings.forEach((row, i) => {
            const conversationId = CONVERSATIONS[i] ?? '';
            const sessionId = `session of ${conversationId}`;
            memory.map({ ...row, conversationId, sessionId });
            user
              .prepare(
                `INSERT INTO mappings (conversation_id, session_id, started_at, last_activity_at, state, state_at)
                 VALUES (?, ?, ?, ?, ?, ?)`,
              )
              .run(
                conversationId,
                sessionId,
                toIso(row.startedAt),
                row.lastActivityAt === null ? null : toIso(row.lastActivityAt),
                row.state,
                toIso(row.stateAt),
              );
          });
          for (const side of [stored, remembered]) {
            for (const dryRun of [false, false, true]) side.runs.begin(newRun({ dryRun }));
          }
          for (const act of steps) expect(told(remembered, act)).toEqual(told(stored, act));
          expect(answers(remembered)).toEqual(answers(stored));
        } finally {
          user.close();
          store.close();
          rmSync(path);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
