import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { foundEnded } from '../../src/sweep/ended.ts';
import { aConversation, NOW } from '../domain/make.ts';

const GIVEN_UP_AT = NOW - 12 * HOUR;
const last = (outcome: 'unconfirmed' | 'kept') => ({ outcome, decidedAt: GIVEN_UP_AT, runId: 7 });
const found = (endedAt: number | null, lastOutcome: ReturnType<typeof last> | null) => {
  const conversation = aConversation({ status: 'closed', endedAt });
  return foundEnded(conversation, { lastOutcome }, 'it ended by itself', NOW);
};

describe('an end that was found', () => {
  it.each([
    ['just after the close was given up', GIVEN_UP_AT + 1, 'closed'],
    ['an hour after', GIVEN_UP_AT + HOUR, 'closed'],
    ['later', GIVEN_UP_AT + HOUR + 1, 'already_closed'],
    ['a little before, for clocks differ', GIVEN_UP_AT - MINUTE, 'closed'],
    ['before', GIVEN_UP_AT - MINUTE - 1, 'already_closed'],
  ])('%s is or is not that of the close', (_when, endedAt, outcome) => {
    expect(found(endedAt, last('unconfirmed'))).toMatchObject({ outcome, closedAt: endedAt });
  });

  it('that is not dated is that of the close, and dated by when it was found', () => {
    expect(found(null, last('unconfirmed'))).toEqual({
      outcome: 'closed',
      reason: 'confirmed_late',
      detail: 'the close of run 7 took effect after that run gave up waiting',
      closedAt: NOW,
    });
  });

  it('is none of ours where no close was given up', () => {
    const finding = {
      outcome: 'already_closed',
      reason: 'ended',
      detail: 'it ended by itself',
      closedAt: GIVEN_UP_AT,
    };
    expect(found(GIVEN_UP_AT, last('kept'))).toEqual(finding);
    expect(found(GIVEN_UP_AT, null)).toEqual(finding);
  });

  it('is none of ours while it is active', () => {
    const { outcome } = foundEnded(aConversation(), { lastOutcome: last('unconfirmed') }, '', NOW);
    expect(outcome).toBe('already_closed');
  });
});
