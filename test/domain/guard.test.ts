import { describe, expect, it } from 'vitest';
import {
  policyWidened,
  unusualVolume,
  widenedSettings,
  wrongClock,
  wrongOrganization,
} from '../../src/domain/guard.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { aPolicy } from './make.ts';

describe('a policy that could close more', () => {
  it.each([
    ['a shorter staleAfter', {}, { staleAfterMs: DAY - HOUR }, ['staleAfter 1d → 23h']],
    ['a shorter staleAfterWithAgent', {}, { staleAfterWithAgentMs: HOUR }, ['staleAfterWithAgent 1d → 1h']],
    ['a shorter platformTimerGrace', {}, { platformTimerGraceMs: 0 }, ['platformTimerGrace 12h → 0s']],
    ['closing what awaits an agent', {}, { awaitingAgent: 'close' }, ['awaitingAgent keep → close']],
    ['an exemption less', { exemptQueues: ['a', 'b'] }, { exemptQueues: ['b'] }, ['exemptQueues without a']],
    [
      'two exemptions less',
      { exemptQueues: ['a', 'b', 'c'] },
      { exemptQueues: ['b'] },
      ['exemptQueues without a, c'],
    ],
    ['an exempt division less', { exemptDivisions: ['d'] }, {}, ['exemptDivisions without d']],
    ['an exemption replaced', { exemptQueues: ['a'] }, { exemptQueues: ['b'] }, ['exemptQueues without a']],
    ['a message type more', {}, { messageTypes: ['webmessaging', 'sms'] }, ['messageTypes with sms']],
    ['two message types more', {}, { messageTypes: ['sms', 'line'] }, ['messageTypes with sms, line']],
    [
      'two at once, and one that is narrower does not make up for them',
      {},
      { staleAfterMs: HOUR, staleAfterWithAgentMs: 9 * DAY, awaitingAgent: 'close' },
      ['staleAfter 1d → 1h', 'awaitingAgent keep → close'],
    ],
  ] as [string, Partial<Policy>, Partial<Policy>, string[]][])(
    'is recognised by %s',
    (_, last, next, expected) => {
      expect(widenedSettings(aPolicy(last), aPolicy(next))).toEqual(expected);
    },
  );

  it.each([
    ['the same policy', {}, {}],
    [
      'longer times',
      {},
      { staleAfterMs: 2 * DAY, staleAfterWithAgentMs: 3 * DAY, platformTimerGraceMs: DAY },
    ],
    ['more exemptions, in another order', { exemptQueues: ['a', 'b'] }, { exemptQueues: ['c', 'b', 'a'] }],
    ['closing what awaits an agent as before', { awaitingAgent: 'close' }, { awaitingAgent: 'close' }],
    ['keeping what awaits an agent', { awaitingAgent: 'close' }, { awaitingAgent: 'keep' }],
    ['fewer message types', { messageTypes: ['webmessaging', 'sms'] }, { messageTypes: ['sms'] }],
  ] as [string, Partial<Policy>, Partial<Policy>][])('is not seen in %s', (_, last, next) => {
    expect(policyWidened(aPolicy(last), aPolicy(next))).toBeNull();
  });

  it('is refused with what changed and what to do, and not before the first baseline', () => {
    const refusal = policyWidened(aPolicy(), aPolicy({ staleAfterMs: HOUR, awaitingAgent: 'close' }));
    expect(refusal?.guard).toBe('policy_widened');
    expect(refusal?.sentence).toContain('(staleAfter 1d → 1h; awaitingAgent keep → close)');
    expect(refusal?.sentence).toContain('--accept-policy');
    expect(policyWidened(null, aPolicy({ staleAfterMs: 0 }))).toBeNull();
  });
});

describe('a volume unlike other nights', () => {
  it.each([
    [201, [40, 40, 40], true],
    [200, [1, 1, 1], false],
    [500, [100, 100, 100], false],
    [501, [100, 100, 100], true],
    [501, [100, 100], false],
    [501, [], false],
    [300, [0, 0, 0, 900], true],
    [500, [1_000, 90, 100, 110, 2], false],
    [751, [100, 200, 10, 1_000], true],
    [750, [100, 200, 10, 1_000], false],
    [400, [9, 10, 100], true],
  ])('%i left after nights of %j: refused %s', (left, nights, refused) => {
    expect(unusualVolume(left, nights) !== null).toBe(refused);
  });

  it('is refused with the figures and what to do', () => {
    const refusal = unusualVolume(501, [100, 100, 100]);
    expect(refusal?.guard).toBe('unusual_volume');
    expect(refusal?.sentence).toMatch(/^501 .* usual 100; .*--accept-volume/);
  });
});

describe('a wrong clock', () => {
  it.each([
    [null, null],
    [0, null],
    [5 * MINUTE, null],
    [-5 * MINUTE, null],
    [5 * MINUTE + 1, 'behind'],
    [-5 * MINUTE - 1, 'ahead of'],
  ])('a skew of %s ms is refused: %s', (skew, word) => {
    const refusal = wrongClock(skew);
    expect(refusal?.guard ?? null).toBe(word === null ? null : 'wrong_clock');
    expect(refusal?.sentence ?? '').toContain(word ?? '');
  });
});

describe('a wrong organisation', () => {
  const actual = { id: 'org-1', name: 'Acme' };
  it.each([
    [null, false],
    ['org-1', false],
    ['Acme', false],
    ['Other', true],
    ['acme', true],
  ])('expecting %s is refused: %s', (expected, refused) => {
    const refusal = wrongOrganization(expected, actual);
    expect(refusal?.guard ?? null).toBe(refused ? 'wrong_organization' : null);
    expect(refusal === null || refusal.sentence.includes('Acme (org-1)')).toBe(true);
  });
});
