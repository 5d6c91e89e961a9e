import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { factsOf } from '../../src/domain/outcome.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { whatIfJson, whatIfText } from '../../src/report/formats/what-if.ts';
import type { Observation } from '../../src/report/ports.ts';
import { changedPolicy, type PolicyChange, whatIf } from '../../src/report/what-if.ts';
import { aConversation, aMapping, aPolicy, NOW } from '../domain/make.ts';

const PERIOD = { since: NOW, until: NOW + 10 * DAY };
const HALF_A_DAY: PolicyChange = { staleAfterMs: 12 * HOUR };

/** A look in night n, after so many hours of silence. */
function look(
  night: number,
  what: string,
  idleHours: number,
  changes: Partial<Observation> = {},
): Observation {
  const [outcome = '', reason = null] = what.split(' ');
  const decidedAt = NOW + night * DAY;
  return {
    runId: 1,
    dryRun: false,
    conversationId: 'a',
    outcome: outcome as Observation['outcome'],
    reason,
    remoteLastActivityAt: decidedAt - idleHours * HOUR,
    idleSeconds: idleHours * 3_600,
    agentConnected: false,
    decidedAt,
    ...changes,
  };
}

const asked = (rows: Observation[], changes = HALF_A_DAY, policy: Policy = aPolicy()) =>
  whatIf(rows, () => policy, changes, PERIOD);

const NOTHING = {
  closed: 0,
  more: { conversations: 0, cameBack: 0, endedAnyway: 0 },
  sooner: { conversations: 0, cameBack: 0 },
  fewer: { conversations: 0, dueLater: 0 },
  unknown: 0,
};
const KEPT = 'kept active_recently';
const agent = { agentConnected: true };

describe('with a shorter patience', () => {
  it.each<[string, Observation[], object]>([
    ['nothing was recorded', [], {}],
    ['it was idle for longer', [look(0, KEPT, 12)], { more: { ...NOTHING.more, conversations: 1 } }],
    ['it was not idle for so long', [look(0, KEPT, 11.9)], {}],
    [
      'it counts once, by the first night, and came back after that',
      [look(0, KEPT, 13), look(1, KEPT, 14), look(2, KEPT, 1)],
      { more: { conversations: 1, cameBack: 1, endedAnyway: 0 } },
    ],
    [
      'what was seen later shows no new life',
      [look(0, KEPT, 13), look(0.25, KEPT, 19)],
      { more: { ...NOTHING.more, conversations: 1 } },
    ],
    [
      'who came back shows after the end of the time, and in a dry run',
      [look(9, KEPT, 13), look(12, 'kept active_recently', 1, { dryRun: true })],
      { more: { conversations: 1, cameBack: 1, endedAnyway: 0 } },
    ],
    [
      'only our own side was active later',
      [look(0, KEPT, 13), look(1, KEPT, 1, { remoteLastActivityAt: null })],
      { more: { conversations: 1, cameBack: 1, endedAnyway: 0 } },
    ],
    [
      'it ended by itself later',
      [look(0, KEPT, 13), look(1, 'already_closed ended', 30)],
      { more: { conversations: 1, cameBack: 0, endedAnyway: 1 } },
    ],
    [
      'it was closed the night after',
      [look(0, KEPT, 13), look(1, 'closed stale', 37)],
      { closed: 1, sooner: { conversations: 1, cameBack: 0 } },
    ],
    ['it was closed at once', [look(1, 'closed stale', 37)], { closed: 1 }],
    ['its close was asked for', [look(1, 'closed requested', 1)], { closed: 1 }],
    [
      'an agent was connected, and who wrote last is not recorded',
      [look(0, KEPT, 13, agent)],
      { unknown: 1 },
    ],
    ['that is known another night', [look(0, KEPT, 13, agent), look(1, 'closed stale', 37)], { closed: 1 }],
    ['another rule kept it', [look(0, 'kept parked', 13), look(1, 'kept awaiting_agent', 40, agent)], {}],
    ['a dry run saw it', [look(0, KEPT, 13, { dryRun: true })], {}],
    ['it was before or after the time', [look(-1, KEPT, 13), look(10, KEPT, 13)], {}],
    [
      'its close showed late',
      [look(0, 'unconfirmed stale', 25), look(1, 'closed confirmed_late', 49)],
      { closed: 1 },
    ],
  ])('when %s', (_, rows, expected) => {
    const { atLeast, ...numbers } = asked(rows);
    expect(numbers).toEqual({ ...NOTHING, ...expected });
    expect(atLeast).toBe(rows.some(({ decidedAt, dryRun }) => !dryRun && isWithin(decidedAt)));
  });

  it('an agent who answered may still keep it, by staleAfterWithAgent', () => {
    const policy = aPolicy({ staleAfterWithAgentMs: 2 * DAY, awaitingAgent: 'close' });
    const rows = [look(0, KEPT, 13, agent)];
    expect(asked(rows, HALF_A_DAY, policy)).toMatchObject(NOTHING);
    const both = { ...HALF_A_DAY, staleAfterWithAgentMs: 13 * HOUR };
    expect(asked(rows, both, policy).more.conversations).toBe(1);
    // With awaitingAgent: keep it hangs on who wrote last.
    expect(asked(rows, both, aPolicy({ staleAfterWithAgentMs: 2 * DAY })).unknown).toBe(1);
  });

  it('one that agent_connected kept had passed awaiting_agent', () => {
    const policy = aPolicy({ staleAfterWithAgentMs: 2 * DAY });
    const rows = [look(0, 'kept agent_connected', 30, agent)];
    expect(asked(rows, { staleAfterWithAgentMs: null }, policy).more.conversations).toBe(1);
    expect(asked(rows, { staleAfterWithAgentMs: 31 * HOUR }, policy)).toMatchObject(NOTHING);
  });
});

const isWithin = (at: number) => at >= PERIOD.since && at < PERIOD.until;

describe('with a longer patience', () => {
  const TWO_DAYS: PolicyChange = { staleAfterMs: 2 * DAY };

  it.each<[string, Observation[], object]>([
    [
      'it would have been kept, and closed on a later night unless somebody came back',
      [look(0, 'closed stale', 25)],
      { closed: 1, fewer: { conversations: 1, dueLater: 1 } },
    ],
    [
      'it would not have been old enough by the end of the time',
      [look(9.5, 'closed stale_unanswered', 25)],
      { closed: 1, fewer: { conversations: 1, dueLater: 0 } },
    ],
    ['it was old enough anyway', [look(0, 'closed stale', 48)], { closed: 1 }],
    ['its close was asked for', [look(0, 'closed requested', 25)], { closed: 1 }],
    [
      'it was reopened, and old enough when it was closed again',
      [look(0, 'closed stale', 25), look(5, 'closed stale', 49)],
      { closed: 1 },
    ],
    [
      'its close showed late, and what it was like before is there',
      [look(0, 'unconfirmed stale', 25), look(1, 'closed confirmed_late', 49)],
      { closed: 1, fewer: { conversations: 1, dueLater: 1 } },
    ],
    [
      'its close showed late, and what it was like before is not there',
      [look(1, 'closed confirmed_late', 49)],
      { closed: 1, unknown: 1 },
    ],
  ])('when %s', (_, rows, expected) => {
    expect(asked(rows, TWO_DAYS)).toEqual({ ...NOTHING, ...expected, atLeast: false });
  });
});

describe('the policy asked about', () => {
  it.each<[string, PolicyChange, Partial<Policy>, [number, number]]>([
    ['is the same without a change', {}, {}, [24, 24]],
    ['takes the agent along, who had no time of their own', HALF_A_DAY, {}, [12, 12]],
    ['leaves an agent the time that was set', HALF_A_DAY, { staleAfterWithAgentMs: 48 * HOUR }, [12, 48]],
    [
      'never gives an agent less',
      { staleAfterMs: 72 * HOUR },
      { staleAfterWithAgentMs: 48 * HOUR },
      [72, 72],
    ],
    ['may change the agent alone', { staleAfterWithAgentMs: 30 * HOUR }, {}, [24, 30]],
    ['may take that away', { staleAfterWithAgentMs: null }, { staleAfterWithAgentMs: 48 * HOUR }, [24, 24]],
  ])('%s', (_, changes, policy, [staleAfter, withAgent]) => {
    expect(changedPolicy(aPolicy(policy), changes)).toEqual(
      aPolicy({ staleAfterMs: staleAfter * HOUR, staleAfterWithAgentMs: withAgent * HOUR }),
    );
  });
});

describe('whatever was recorded', () => {
  const hours = fc.integer({ min: 1, max: 72 });
  const policies = fc
    .record({
      stale: hours,
      more: fc.constantFrom(0, 0, 5, 24),
      awaiting: fc.constantFrom<Policy['awaitingAgent'][]>('keep', 'close'),
    })
    .map(({ stale, more, awaiting }) =>
      aPolicy({
        staleAfterMs: stale * HOUR,
        staleAfterWithAgentMs: (stale + more) * HOUR,
        awaitingAgent: awaiting,
      }),
    );
  const cases = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    night: fc.integer({ min: 0, max: 9 }),
    idle: fc.integer({ min: 30, max: 100 * 60 }),
    agent: fc.constantFrom(true, false, null),
    customerLast: fc.boolean(),
    parked: fc.constantFrom(false, false, false, true),
  });

  /** The conversation of a case, and what a real night under the policy would have recorded of it. */
  function recorded(c: ReturnType<typeof cases.generate>['value'], policy: Policy) {
    const now = NOW + c.night * DAY;
    const at = now - c.idle * MINUTE;
    const conversation = aConversation({
      id: c.id,
      lastActivityAt: at,
      lastCustomerMessageAt: c.customerLast ? at : at - MINUTE,
      lastAgentMessageAt: c.customerLast ? at - MINUTE : at,
      agentConnected: c.agent,
      parked: c.parked,
    });
    const mapping = aMapping({ lastActivityAt: null });
    const decision = decide(conversation, mapping, null, policy, now);
    const row: Observation = {
      ...factsOf(conversation, mapping, now),
      runId: 1,
      dryRun: false,
      conversationId: c.id,
      outcome: decision.action === 'close' ? 'closed' : 'kept',
      reason: decision.reason,
      decidedAt: now,
    };
    return { row, decideBy: (other: Policy) => decide(conversation, mapping, null, other, now).action };
  }

  it('one night says the same as decide() under the other policy, or that it cannot be known', () => {
    let known = 0;
    fc.assert(
      fc.property(cases, policies, hours, fc.option(hours), (c, policy, stale, withAgent) => {
        const changes = { staleAfterMs: stale * HOUR, staleAfterWithAgentMs: withAgent && withAgent * HOUR };
        const { row, decideBy } = recorded(c, policy);
        const answer = asked([row], changes, policy);
        if (answer.unknown === 1) {
          expect(row).toMatchObject({ reason: 'active_recently', agentConnected: true });
          return;
        }
        known++;
        const wouldClose = answer.closed + answer.more.conversations - answer.fewer.conversations;
        expect(wouldClose).toBe(decideBy(changedPolicy(policy, changes)) === 'close' ? 1 : 0);
      }),
    );
    expect(known).toBeGreaterThan(50);
  });

  const nights = fc.array(cases, { maxLength: 30 });
  const rowsOf = (all: ReturnType<typeof nights.generate>['value'], policy: Policy) =>
    all.map((c) => recorded(c, policy).row).sort((a, b) => a.decidedAt - b.decidedAt);

  it('the same policy makes no difference', () => {
    fc.assert(
      fc.property(nights, policies, fc.boolean(), (all, policy, spelledOut) => {
        const changes = spelledOut
          ? { staleAfterMs: policy.staleAfterMs, staleAfterWithAgentMs: policy.staleAfterWithAgentMs }
          : {};
        const answer = asked(rowsOf(all, policy), changes, policy);
        expect(answer).toEqual({ ...NOTHING, closed: answer.closed, atLeast: false });
      }),
    );
  });

  it('the shorter, the more, and never fewer', () => {
    fc.assert(
      fc.property(nights, policies, hours, hours, (all, policy, x, y) => {
        const rows = rowsOf(all, policy);
        const longest = policy.staleAfterMs / HOUR;
        const [shorter, longer] = [Math.min(x, y, longest), Math.min(Math.max(x, y), longest)].map((stale) =>
          asked(rows, { staleAfterMs: stale * HOUR }, policy),
        );
        expect(longer?.fewer.conversations).toBe(0);
        expect(shorter?.fewer.conversations).toBe(0);
        const most = (shorter?.more.conversations ?? 0) + (shorter?.unknown ?? 0);
        expect(most).toBeGreaterThanOrEqual(longer?.more.conversations ?? 0);
        expect(shorter?.more.conversations).toBeGreaterThanOrEqual(longer?.more.conversations ?? 0);
      }),
    );
  });
});

describe('the answer', () => {
  const report = {
    since: NOW,
    until: NOW + DAY,
    timeZone: 'Europe/Berlin',
    asked: { staleAfter: '12h', staleAfterWithAgent: '2d' },
    closed: 181,
    more: { conversations: 58, cameBack: 3, endedAnyway: 20 },
    sooner: { conversations: 12, cameBack: 1 },
    fewer: { conversations: 4, dueLater: 2 },
    unknown: 7,
    atLeast: true,
    detailSince: NOW + HOUR,
  };

  it('as text is within 80 columns and says what is not certain', () => {
    const text = whatIfText(report, { color: false });
    expect(text).toBe(`If staleAfter were 12h and staleAfterWithAgent were 2d, 2026-11-10 04:00 to
2026-11-11 04:00 (Europe/Berlin)

  closed as it was                     181
  would have been closed, at least     235
    more, at least                      58  3 came back to life later,
                                            20 ended by themselves later
    on an earlier night, at least       12  1 came back to life later
    fewer                                4  2 old enough on a later night
  cannot be known                        7  who wrote last is not recorded

In conversations, each counted once, from what the nights recorded; nothing was
asked of Genesys. Budget and guards are left out.
At least: whatever was active on your own side within the staleAfter of the
night was not looked at, so nobody knows.
Fewer: they would have been kept when they were closed, and closed later unless
somebody came back.
What was decided before 2026-11-10 was pruned and is left out.
`);
  });

  it('has no remark where there is nothing to say', () => {
    const text = whatIfText(
      { ...report, ...NOTHING, atLeast: false, detailSince: NOW - DAY },
      { color: false },
    );
    expect(text).not.toMatch(/at least|Fewer:|pruned|not recorded/i);
  });

  it('as JSON has the same numbers', () => {
    expect(whatIfJson(report)).toEqual({
      since: '2026-11-10T03:00:00.000Z',
      until: '2026-11-11T03:00:00.000Z',
      timeZone: 'Europe/Berlin',
      whatIf: { staleAfter: '12h', staleAfterWithAgent: '2d' },
      closed: 181,
      wouldHaveClosed: 235,
      more: report.more,
      sooner: report.sooner,
      fewer: report.fewer,
      unknown: 7,
      atLeast: true,
      detailSince: '2026-11-10T04:00:00.000Z',
    });
  });
});
