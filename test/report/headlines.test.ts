import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import { headlines, percent } from '../../src/report/headlines.ts';
import { close, fullRecord, QUESTION, recorded, recordedRuns, row, sweep } from './make.ts';

const headline = (name: string, ...args: Parameters<typeof figures>) =>
  headlines(figures(...args)).find((one) => one.name === name);

describe('a rate in words', () => {
  it.each([
    [0, '0.0 %'],
    [0.0001, '<0.1 %'],
    [0.0005, '0.1 %'],
    [0.25, '25.0 %'],
    [0.9996, '99.9 %'],
    [1, '100.0 %'],
  ])('%f is %s: neither all nor nothing when it is not', (share, words) => {
    expect(percent(share)).toBe(words);
  });
});

describe('the headline', () => {
  it.each([
    [5, '3 fewer than in the 3d before (5)'],
    [2, 'as many as in the 3d before (2)'],
    [1, '1 more than in the 3d before (1)'],
  ])('of what was closed compares it with the period before, %i', (before, words) => {
    const record = recordedRuns([], { firstRunAt: 0 });
    const totalsBefore = [{ outcome: 'closed' as const, n: before }];
    const found = headline(
      'closed',
      { ...record, totalsBefore, outcomes: [row('2026-11-02', { n: 2 })] },
      QUESTION,
    );
    expect(found).toMatchObject({ value: '2', remark: words });
  });

  it.each([
    ['success', false, recorded({ outcomes: [row('2026-11-02')] })],
    ['success', true, recorded({ outcomes: [row('2026-11-02', { outcome: 'unconfirmed' })] })],
    ['success', false, recorded()],
    ['nights', true, recorded()],
    ['nights', true, fullRecord()],
    ['nights', false, recordedRuns([1, 2, 3].map((n) => sweep(n, `2026-11-0${n}T02:15:00Z`)))],
  ])('%s is marked as one to look at: %s', (name, alarming, record) => {
    expect(headline(name, record, QUESTION)?.alarming).toBe(alarming);
  });

  it('of missing nights names five and counts the rest', () => {
    const record = recordedRuns([sweep(1, '2026-11-01T02:15:00Z')]);
    const until = QUESTION.since + 9 * DAY;
    expect(headline('nights', record, { ...QUESTION, until, now: until })).toMatchObject({
      value: '1 of 9',
      remark: 'missing: 2026-11-02, 2026-11-03, 2026-11-04, 2026-11-05, 2026-11-06 and 3 more',
    });
  });

  it('leaves out what does not apply', () => {
    const names = headlines(figures(recorded(), { ...QUESTION, expected: null })).map(({ name }) => name);
    expect(names).toEqual(['closed', 'success', 'already closed', 'kept', 'reopened', 'due now', 'requests']);
  });

  it('of agents says at most where there is no lower bound', () => {
    const outcomes = [close('2026-11-03T00:00:00Z', { agentConnected: true })];
    expect(headline('agent slots', recorded({ outcomes }), QUESTION)).toMatchObject({
      value: '1',
      remark: expect.stringMatching(/in all at most 24.h, had nothing ended them in this time$/),
    });
  });
});
