import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import { id, intend, intent, mappingRow, newRun, outcome, T0, tempStore } from './fixtures.ts';

let db: ReturnType<typeof tempStore>;
let runId: number;
beforeEach(() => {
  db = tempStore();
  runId = db.store.runs.begin(newRun());
});

describe('what is known of a conversation', () => {
  it('is nothing where nothing is', () => {
    expect(db.store.work.known(id(1))).toEqual({
      mapping: null,
      request: null,
      lastOutcome: null,
      intendedAt: null,
    });
  });

  it('is its mapping, pending request, newest outcome and intent', () => {
    db.store.intake.putMappings([mappingRow(1, { userId: 'u-1', lastActivityAt: T0 + HOUR })], 'csv', T0);
    db.store.holds.hold([id(1)], T0 + 9 * HOUR, T0);
    const requestId = db.store.intake.requestCloses(
      [{ conversationId: id(1), reason: null, origin: 'csv:a.csv#2', force: true }],
      T0 + 3 * HOUR,
    )[0]?.requestId;
    db.store.ledger.record(runId, outcome(1, { outcome: 'unconfirmed', origin: 'csv:a.csv#2' }), null, T0);
    intend(db.store, intent(1, runId, { intendedAt: T0 + 4 * HOUR }));
    expect(db.store.work.known(id(1))).toEqual({
      mapping: {
        conversationId: id(1),
        sessionId: 'session-1',
        userId: 'u-1',
        startedAt: T0,
        lastActivityAt: T0 + HOUR,
        state: 'open',
        stateAt: null,
        holdUntil: T0 + 9 * HOUR,
        restsUntil: null,
        endSeenAt: null,
      },
      request: {
        id: requestId,
        conversationId: id(1),
        reason: null,
        origin: 'csv:a.csv#2',
        requestedAt: T0 + 3 * HOUR,
        force: true,
      },
      lastOutcome: { outcome: 'unconfirmed', decidedAt: T0 + HOUR, runId },
      intendedAt: T0 + 4 * HOUR,
    });
  });

  it('takes the newest outcome in the order of recording, without dry runs and looks that were none', () => {
    const runs = Array.from({ length: 3 }, () => db.store.runs.begin(newRun()));
    const dry = db.store.runs.begin(newRun({ dryRun: true }));
    const add = (
      run: number | undefined,
      kind: 'closed' | 'kept' | 'not_attempted' | 'expired',
      hours: number,
    ) =>
      db.store.ledger.record(
        run as number,
        outcome(1, { outcome: kind, decidedAt: T0 + hours * HOUR }),
        null,
        T0,
      );
    add(runId, 'closed', 5);
    // The clock was set back.
    add(runs[0], 'kept', 4);
    add(runs[1], 'not_attempted', 6);
    add(runs[2], 'expired', 7);
    add(dry, 'closed', 8);
    expect(db.store.work.known(id(1)).lastOutcome).toEqual({
      outcome: 'kept',
      decidedAt: T0 + 4 * HOUR,
      runId: runs[0],
    });
  });
});
