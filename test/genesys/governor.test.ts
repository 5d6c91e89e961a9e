import { describe, expect, it } from 'vitest';
import { createGovernor, type Governor } from '../../src/genesys/governor.ts';
import { randomStream } from '../../src/simulator/random.ts';

interface Server {
  readonly allowed: number;
  readonly windowMs: number;
  readonly rounding: 'up' | 'down';
  readonly kind: 'fixed' | 'sliding';
  /** Requests a second of another client on the same token. */
  readonly foreignPerSecond: number;
  readonly latencyMs: readonly [number, number];
  readonly headers: boolean;
  readonly allowedLater?: { readonly from: number; readonly allowed: number };
}

const SERVER: Server = {
  allowed: 300,
  windowMs: 60_000,
  rounding: 'up',
  kind: 'fixed',
  foreignPerSecond: 0,
  latencyMs: [40, 120],
  headers: true,
};

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/** Plays a client that always has work against a server, without real time. */
function play(
  governor: Governor,
  server: Server,
  until: number,
  concurrency = 10,
): { sent: number[]; own: number; limited: number; permitted: number } {
  const random = randomStream(7);
  const events: Event[] = [];
  const sent: number[] = [];
  let now = 1_000;
  let windowStart = Number.NEGATIVE_INFINITY;
  let stamps: number[] = [];
  let count = 0;
  let limited = 0;
  let own = 0;
  let windows = 0;
  let foreignTotal = 0;
  let inFlight = 0;
  let pausedUntil = 0;
  let wakeAt = 0;

  const after = (ms: number, run: () => void) => {
    events.push({ at: now + ms, run });
    events.sort((a, b) => a.at - b.at);
  };
  const allowedNow = () =>
    server.allowedLater !== undefined && now >= server.allowedLater.from
      ? server.allowedLater.allowed
      : server.allowed;
  const take = () => {
    if (server.kind === 'sliding') {
      stamps = stamps.filter((at) => at > now - server.windowMs);
      stamps.push(now);
      count = stamps.length;
    } else {
      if (now >= windowStart + server.windowMs) {
        windowStart = now;
        count = 0;
        windows++;
      }
      count++;
    }
    const seconds =
      (server.kind === 'sliding' ? server.windowMs : windowStart + server.windowMs - now) / 1_000;
    const resetMs = 1_000 * (server.rounding === 'up' ? Math.ceil(seconds) : Math.floor(seconds));
    return { exceeded: count > allowedNow(), limit: { count, allowed: allowedNow(), resetMs } };
  };
  const foreign = () => {
    foreignTotal++;
    take();
    after((2_000 * random.next()) / server.foreignPerSecond, foreign);
  };
  if (server.foreignPerSecond > 0) after(1, foreign);

  const pump = () => {
    if (inFlight >= concurrency || now >= until) return;
    const start = Math.max(governor.nextStart(now), pausedUntil);
    if (start > now) {
      if (now < wakeAt) return;
      wakeAt = now + Math.max(1, Math.ceil(start - now));
      after(wakeAt - now, () => {});
      return;
    }
    governor.started(now);
    inFlight++;
    const sentAt = now;
    const latency = server.latencyMs[0] + random.next() * (server.latencyMs[1] - server.latencyMs[0]);
    after(latency / 2, () => {
      const { exceeded, limit } = take();
      sent.push(now);
      if (exceeded) limited++;
      else own++;
      after(latency / 2, () => {
        inFlight--;
        if (exceeded) {
          governor.limited(now);
          pausedUntil = Math.max(pausedUntil, now + limit.resetMs);
        }
        governor.finished(server.headers ? limit : null, sentAt, now);
      });
    });
    pump();
  };
  pump();
  while (events.length > 0 && now < until) {
    const next = events.shift() as Event;
    now = Math.max(now, next.at);
    next.run();
    pump();
  }
  const permitted = windows * server.allowed - foreignTotal;
  return { sent, own, limited, permitted };
}

const governor = (ratePerMinute = 300, budgetShare = 1) => createGovernor({ ratePerMinute, budgetShare });

/** Eleven windows and a bit less, so that the last one is over. */
const TEN_MINUTES = 600_000;

describe('the governor', () => {
  it.each([
    ['reset rounded up', SERVER, 0.97],
    ['reset rounded down', { ...SERVER, rounding: 'down' as const }, 0.97],
    // What is under way at the end of a window may or may not have been counted.
    ['slow answers', { ...SERVER, latencyMs: [500, 1_500] as const }, 0.96],
  ])('uses nearly all that is permitted and is never told 429: %s', (_, server, share) => {
    const { own, limited } = play(governor(), server, TEN_MINUTES);
    expect(limited).toBe(0);
    expect(own).toBeGreaterThanOrEqual(share * 10 * 300);
  });

  it('keeps a short window full too', () => {
    const server = { ...SERVER, windowMs: 6_000 };
    const { own, limited } = play(governor(3_000), server, 60_000);
    expect(limited).toBe(0);
    expect(own).toBeGreaterThanOrEqual(0.95 * 10 * 300);
  });

  it('never goes above the ceiling of the settings, however much is allowed', () => {
    const { sent, limited } = play(governor(120), { ...SERVER, allowed: 1_000 }, TEN_MINUTES);
    expect(limited).toBe(0);
    const inAMinute = sent.map((at) => sent.filter((other) => other >= at && other < at + 60_000).length);
    expect(Math.max(...inAMinute)).toBeLessThanOrEqual(122);
    expect(sent.length).toBeGreaterThan(0.95 * 1_200);
  });

  it('goes at the rate of the settings when there are no headers', () => {
    const { sent } = play(governor(), { ...SERVER, headers: false, allowed: 100_000 }, TEN_MINUTES);
    expect(sent.length).toBeGreaterThan(0.97 * 3_000);
    expect(sent.length).toBeLessThanOrEqual(3_001);
  });

  it('leaves its share to others', () => {
    const { own, limited } = play(governor(300, 0.8), SERVER, TEN_MINUTES);
    expect(limited).toBe(0);
    expect(own).toBeGreaterThan(0.95 * 2_400);
    expect(own).toBeLessThanOrEqual(2_400);
  });

  it('uses what another client on the same token leaves, and is hardly ever told 429', () => {
    const { own, limited, permitted } = play(governor(), { ...SERVER, foreignPerSecond: 1.5 }, TEN_MINUTES);
    expect(limited).toBeLessThanOrEqual(2);
    expect(own).toBeGreaterThanOrEqual(0.9 * permitted);
  });

  it('follows a limit that drops in mid-run', () => {
    const server = { ...SERVER, allowedLater: { from: 200_000, allowed: 100 } };
    const { limited } = play(governor(), server, TEN_MINUTES);
    expect(limited).toBeLessThanOrEqual(1);
  });

  it('stays within a window that slides', () => {
    const { own, limited } = play(governor(), { ...SERVER, kind: 'sliding' }, TEN_MINUTES);
    expect(limited).toBeLessThanOrEqual(2);
    expect(own).toBeGreaterThan(0.85 * 3_000);
  });

  it.each([
    ['back by an hour', -3_600_000],
    ['back by ten seconds', -10_000],
    ['forward by an hour', 3_600_000],
  ])('goes on when the clock is set %s', (_, step) => {
    const one = governor();
    let now = 10_000_000;
    const request = (count: number) => {
      now = Math.max(now, Math.min(one.nextStart(now), now + 180_000));
      one.started(now);
      one.finished({ count, allowed: 300, resetMs: 50_000 }, now, now + 80);
    };
    for (let count = 1; count <= 5; count++) request(count);
    now += step;
    const before = now;
    for (let count = 6; count <= 15; count++) request(count);
    expect(now - before).toBeLessThan(60_000);
    expect(now - before).toBeGreaterThan(1_000);
  });

  it('is not led to believe in sliding windows by a quiet one', () => {
    const one = governor();
    one.started(0);
    one.finished({ count: 25, allowed: 300, resetMs: 1_000 }, 0, 80);
    one.started(30_000);
    one.finished({ count: 24, allowed: 300, resetMs: 60_000 }, 30_000, 30_080);
    // 276 are left for the rest of the window: as far apart as that makes them.
    expect(one.nextStart(30_080)).toBeGreaterThan(30_210);
  });
});
