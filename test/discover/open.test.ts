import { describe, expect, it } from 'vitest';
import { discoveryExit } from '../../src/discover/open.ts';
import type { OpenQuery } from '../../src/discover/ports.ts';
import { ApiError, type ApiFailure, AuthError, UnavailableError } from '../../src/domain/errors.ts';
import type { MappingState } from '../../src/domain/mapping.ts';
import { DAY, HOUR, toIso } from '../../src/domain/time.ts';
import { discovered, open, pageOf, T0, touching, uuid } from './analytics.ts';

const failure = (kind: ApiFailure, status: number | null = null) =>
  new ApiError('asking was no use', { failure: kind, status });
/** So many, one every hour. */
const hourly = (count: number) => Array.from({ length: count }, (_, n) => open(n, T0 + n * HOUR));
const from = (all: ReturnType<typeof hourly>) => (query: OpenQuery) =>
  pageOf(touching(all, query.period), query);
const ids = (list: readonly { conversationId: string }[]) => list.map(({ conversationId }) => conversationId);
const daysOf = (asked: readonly OpenQuery[]) =>
  asked.map(({ period }) => [toIso(period.since).slice(5, 10), toIso(period.until).slice(5, 10)].join('…'));

describe('discovering what is open', () => {
  it('asks for a week at a time, page by page, and lists the oldest first', async () => {
    const { unmapped, asked, stop, gaps } = await discovered(from(hourly(240)));
    expect(daysOf(asked)).toEqual(['11-01…11-08', '11-01…11-08', '11-08…11-11']);
    expect(asked.map(({ page }) => page)).toEqual([
      { number: 1, size: 100 },
      { number: 2, size: 100 },
      { number: 1, size: 100 },
    ]);
    expect(ids(unmapped)).toEqual(ids(hourly(240)));
    expect({ stop, gaps }).toEqual({ stop: null, gaps: [] });
  });

  it('leaves out what began before or after the period on a day that it touches', async () => {
    const period = { since: T0 + 3 * HOUR, until: T0 + 5 * HOUR };
    const { unmapped } = await discovered(from(hourly(24)), { period });
    expect(ids(unmapped)).toEqual([uuid(3), uuid(4)]);
  });

  it('leaves out what a mapping knows, in whatever state, and counts it', async () => {
    const states = new Map<string, MappingState>([
      [uuid(0), 'open'],
      [uuid(1), 'closed'],
      [uuid(2), 'gone'],
    ]);
    const { unmapped, mapped, mappedAsEnded } = await discovered(from(hourly(4)), {}, states);
    expect(ids(unmapped)).toEqual([uuid(3)]);
    expect({ mapped, mappedAsEnded }).toEqual({ mapped: 3, mappedAsEnded: 2 });
  });

  it.each([
    ['a 400', failure('refused', 400)],
    ['a 502', failure('lost', 502)],
    ['no answer', failure('lost')],
  ])('asks for halves after %s, down to single days', async (_what, error) => {
    const { unmapped, asked, gaps } = await discovered((query) => {
      if (query.period.until - query.period.since > DAY) throw error;
      return from(hourly(72))(query);
    });
    expect(ids(unmapped)).toEqual(ids(hourly(72)));
    expect(gaps).toEqual([]);
    expect(daysOf(asked).slice(0, 4)).toEqual(['11-01…11-08', '11-01…11-05', '11-01…11-03', '11-01…11-02']);
    for (const { divisible, period } of asked) expect(divisible).toBe(period.until - period.since > DAY);
  });

  it('asks for halves of what is more than can be paged through', async () => {
    const { asked } = await discovered((query) => ({
      ...from(hourly(72))(query),
      total: query.period.until - query.period.since > 4 * DAY ? 100_001 : 0,
    }));
    expect(daysOf(asked)).toEqual(['11-01…11-08', '11-01…11-05', '11-05…11-08', '11-08…11-11']);
  });

  it('leaves out a day that cannot be had, says so, and goes on', async () => {
    const discovery = await discovered((query) => {
      if (touching(hourly(24), query.period).length > 0) throw failure('lost', 502);
      return from(hourly(72))(query);
    });
    expect(ids(discovery.unmapped)).toEqual(ids(hourly(72)).slice(24));
    expect(discovery.gaps).toEqual([{ since: T0, until: T0 + DAY, why: 'asking was no use' }]);
    expect(discoveryExit(discovery)).toBe(8);
  });

  it('gives up after three days in a row', async () => {
    const { gaps, stop, asked } = await discovered(() => {
      throw failure('refused', 400);
    });
    expect(gaps).toHaveLength(3);
    expect(stop?.exitCode).toBe(8);
    expect(asked.length).toBeLessThan(8);
  });

  it.each([
    ['without the permission', failure('forbidden', 403), 4],
    ['when the client is not let in', new AuthError('no such client.'), 4],
    ['when nobody is there', failure('never_sent'), 8],
    ['when it is turned away for ever', failure('rate_limited', 429), 8],
    ['when a daily limit is used up', new UnavailableError('no more today.'), 8],
  ])('stops %s, and tells what was found before', async (_when, error, exitCode) => {
    const discovery = await discovered((query) => {
      if (query.period.since > T0) throw error;
      return from(hourly(3))(query);
    });
    expect(ids(discovery.unmapped)).toEqual(ids(hourly(3)));
    expect(discovery.stop?.exitCode).toBe(exitCode);
    expect(discovery.stop?.sentence).toMatch(/^\S.*\.$/);
    expect(discoveryExit(discovery)).toBe(exitCode);
  });

  it('throws on what is a bug', async () => {
    const bug = discovered(() => {
      throw new TypeError('a bug');
    });
    await expect(bug).rejects.toThrow('a bug');
  });

  it('stops at once when interrupted, and tells what was found before', async () => {
    const interrupt = new AbortController();
    const discovery = await discovered(
      (query) => {
        if (query.page.number > 1) {
          interrupt.abort(143);
          throw 143;
        }
        return from(hourly(168))(query);
      },
      { signal: interrupt.signal },
    );
    expect(discovery.stop).toMatchObject({ exitCode: 143 });
    expect(discovery.unmapped).toHaveLength(100);
  });

  it.each([
    [5, 5, 6],
    [24, 24, 0],
  ])('with a limit of %i of 24 lists %i and exits %i', async (limit, listed, exitCode) => {
    const discovery = await discovered(from(hourly(24)), { limit });
    expect(ids(discovery.unmapped)).toEqual(ids(hourly(listed)));
    expect(discoveryExit(discovery)).toBe(exitCode);
  });

  it('reads the pages again when some have ended meanwhile: others have slipped onto a page that was read', async () => {
    const all = hourly(120);
    const { unmapped, gaps, asked } = await discovered((query) => {
      const page = pageOf(touching(all, query.period), query);
      if (all.length === 120) all.shift();
      return page;
    });
    expect(ids(unmapped)).toEqual(ids(hourly(120)));
    expect(gaps).toEqual([]);
    expect(asked.filter(({ period }) => period.since === T0)).toHaveLength(4);
  });

  it('says so when the pages never add up', async () => {
    const { gaps, asked } = await discovered((query) => ({ ...from([])(query), total: 7 }));
    expect(gaps.map(({ why }) => why)).toEqual(Array(2).fill('it changed faster than it could be read'));
    expect(asked).toHaveLength(6);
  });

  it('does without a total', async () => {
    const { unmapped } = await discovered((query) => ({ ...from(hourly(240))(query), total: null }));
    expect(unmapped).toHaveLength(240);
  });

  it('counts what could not be understood, and does not exit 0', async () => {
    const discovery = await discovered((query) => ({ ...from(hourly(3))(query), unreadable: 1 }));
    expect(discovery.unreadable).toBe(2);
    expect(discoveryExit(discovery)).toBe(3);
  });
});
