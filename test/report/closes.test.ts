import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { figures } from '../../src/report/figures.ts';
import type { OutcomeRow } from '../../src/report/ports.ts';
import { at, close, QUESTION, recordedRuns, reportOn, row, sweep } from './make.ts';

describe('the time that conversations were idle when they were closed', () => {
  it('is that of single closes, whoever asked for them', () => {
    const idle = [1, 2, 3, 4, 40].map((days) => close('2026-11-02T02:00:00Z', { idleMs: days * DAY }));
    const rows = [...idle, close('2026-11-02T02:00:00Z', { idleMs: null }), row('2026-11-02T02:00:00Z')];
    expect(reportOn(rows).idleAtClose).toMatchObject({
      n: 5,
      p50Ms: 3 * DAY,
      p90Ms: 40 * DAY,
      maxMs: 40 * DAY,
      unknown: 1,
    });
    expect(reportOn(rows).idleAtClose.histogram.map(({ n }) => n)).toEqual([0, 1, 1, 2, 0, 0, 1]);
  });

  it('leaves out the day between an end that showed late and its being seen', () => {
    const seenADayLater = close(
      '2026-11-03T02:00:00Z',
      { idleMs: 3 * DAY, closedAt: at('2026-11-02T02:00:00Z') },
      { reason: 'confirmed_late' },
    );
    expect(reportOn([seenADayLater]).idleAtClose.maxMs).toBe(2 * DAY);
  });
});

describe('the time from stale to closed', () => {
  it('counts from the staleAfter of the policy of its run, for closes by policy only', () => {
    const rows = [
      close('2026-11-02T02:00:00Z', { idleMs: 30 * HOUR, staleAfterMs: 24 * HOUR }),
      close('2026-11-02T02:00:00Z', { idleMs: 30 * HOUR, staleAfterMs: 12 * HOUR }),
      close('2026-11-02T02:00:00Z', { idleMs: null }),
      close('2026-11-02T02:00:00Z', { idleMs: 90 * DAY }, { reason: 'requested', origin: 'cli' }),
    ];
    expect(reportOn(rows).staleToClosed).toEqual({
      n: 2,
      p50Ms: 6 * HOUR,
      p90Ms: 18 * HOUR,
      maxMs: 18 * HOUR,
    });
  });

  it('is never less than nothing', () => {
    const rows = [close('2026-11-02T02:00:00Z', { idleMs: HOUR, staleAfterMs: DAY })];
    expect(reportOn(rows).staleToClosed.maxMs).toBe(0);
  });
});

describe('what was reopened after the close', () => {
  const reopenedAt = at('2026-11-03T02:15:00Z');

  it('is listed with the rate of all closes whose detail is there', () => {
    const rows = [
      close('2026-11-02T02:00:00Z', { conversationId: 'back', reopenedAt }),
      ...[1, 2, 3].map(() => close('2026-11-02T02:00:00Z')),
      row('2026-11-01T02:00:00Z', { n: 100 }),
    ];
    expect(reportOn(rows).reopened).toEqual({
      closes: 4,
      rate: 0.25,
      list: {
        total: 1,
        items: [
          {
            conversationId: 'back',
            sessionId: 'web-1',
            reason: 'stale',
            closedAt: at('2026-11-02T02:00:00Z'),
            seenAt: reopenedAt,
          },
        ],
      },
    });
  });

  it('has no rate without closes', () => {
    expect(reportOn([]).reopened).toEqual({ closes: 0, rate: null, list: { total: 0, items: [] } });
  });

  it('is counted in full where the list is cut', () => {
    const rows = Array.from({ length: 1_002 }, () => close('2026-11-02T02:00:00Z', { reopenedAt }));
    const { rate, list } = reportOn(rows).reopened;
    expect([rate, list.total, list.items.length]).toEqual([1, 1_002, 1_000]);
  });
});

describe('the capacity that was freed', () => {
  /** Nights at 02:00 on the 1st and the 2nd, none on the 3rd; the period ends with it. */
  const sweeps = [sweep(1, '2026-11-01T02:00:00Z'), sweep(2, '2026-11-02T02:00:00Z')];
  const freed = (rows: OutcomeRow[], question: object = {}) =>
    figures({ ...recordedRuns(sweeps), outcomes: rows }, { ...QUESTION, ...question }).capacity;
  const withAgent = { agentConnected: true };

  it('is nothing without an agent, and what is not known is said', () => {
    const rows = [close('2026-11-01T02:00:00Z'), close('2026-11-01T02:00:00Z', { agentConnected: null })];
    expect(freed(rows)).toMatchObject({ withAgent: 0, unknown: 1, reopened: 0, lowerMs: 0, upperMs: 0 });
  });

  it('lies between the next night that was due and the end of the period', () => {
    const rows = [close('2026-11-01T03:00:00Z', withAgent), close('2026-11-02T14:00:00Z', withAgent)];
    // To the 2nd, 02:00, and to the 3rd, 02:00, which was due although nothing ran; at most to the 4th, 00:00.
    expect(freed(rows)).toMatchObject({
      withAgent: 2,
      lowerMs: (23 + 12) * HOUR,
      upperMs: (69 + 34) * HOUR,
    });
  });

  it('reaches to another night than the one that closed it', () => {
    expect(freed([close('2026-11-01T02:00:00Z', withAgent)]).lowerMs).toBe(24 * HOUR);
  });

  it('goes no further than the period, nor than now', () => {
    const rows = [close('2026-11-03T10:00:00Z', withAgent)];
    expect(freed(rows)).toMatchObject({ lowerMs: 14 * HOUR, upperMs: 14 * HOUR });
    expect(freed(rows, { now: at('2026-11-03T12:00:00Z') })).toMatchObject({
      lowerMs: 2 * HOUR,
      upperMs: 2 * HOUR,
    });
  });

  it('begins with the period where the end showed late', () => {
    const late = close('2026-11-01T02:00:00Z', { ...withAgent, closedAt: at('2026-10-31T02:00:00Z') });
    expect(freed([late])).toMatchObject({ lowerMs: 2 * HOUR, upperMs: 72 * HOUR });
  });

  it('is nothing at least where the visitor came back', () => {
    const rows = [close('2026-11-01T02:00:00Z', { ...withAgent, reopenedAt: at('2026-11-01T04:00:00Z') })];
    expect(freed(rows)).toMatchObject({ withAgent: 1, reopened: 1, lowerMs: 0, upperMs: 70 * HOUR });
  });

  it('has no lower bound where no night is expected, or none has run', () => {
    const rows = [close('2026-11-01T02:00:00Z', withAgent)];
    expect(freed(rows, { expected: null }).lowerMs).toBeNull();
    expect(reportOn(rows).capacity.lowerMs).toBeNull();
    expect(reportOn(rows).capacity.formula[1]).toContain('no lower bound');
  });

  it('says how it is reckoned, and claims no share', () => {
    const said = freed([]).formula.join(' ');
    expect(said).toContain('next night that was due (every 1d)');
    expect(said).toContain('is not known');
    expect(said).not.toMatch(/\d %/);
  });
});
