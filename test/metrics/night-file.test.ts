import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { HOUR } from '../../src/domain/time.ts';
import { createRequestHub } from '../../src/metrics/hub.ts';
import { createNightFile } from '../../src/metrics/night-file.ts';
import type { RecordFigures } from '../../src/metrics/ports.ts';
import type { Unrecorded } from '../../src/metrics/record.ts';
import type { Night } from '../../src/night/ports.ts';
import { T0 } from '../store/fixtures.ts';

const FIGURES: RecordFigures = {
  now: T0,
  lastStartedAt: T0 - 2 * HOUR,
  lastEnded: null,
  succeededAt: T0 - HOUR,
  outcomes: [{ outcome: 'closed', reason: 'stale', n: 12 }],
  reopened: 0,
  due: 3,
  oldestOpenAt: null,
  onHold: 0,
  resting: 0,
  requests: { n: 0, oldestAt: null },
  events: { n: 0, oldestAt: null },
  intents: 0,
};

/** Nights that leave their metrics in one file. */
function aPlace() {
  let file = '';
  const written: string[] = [];
  const hub = createRequestHub();
  const place = {
    written,
    /** What is on record; a night with a run is added to it. */
    record: FIGURES,
    figures: async (): Promise<RecordFigures> => place.record,
    isWhole: true,
    unrecorded: null as Unrecorded | null,
    text: () => file,
    /** One night that sends so many requests. */
    night: async (at: number, exitCode: ExitCode, requests = 0) => {
      const watcher = createNightFile({
        textfile: 'night',
        read: () => file,
        write: async (text) => {
          file = text;
          written.push(text);
        },
        figures: place.figures,
        unrecorded: () => place.unrecorded,
        isWhole: place.isWhole,
        requestMaxAgeMs: 48 * HOUR,
        requests: hub,
        routes: [{ method: 'GET', route: '/a/{id}' }],
        version: '1.2.3',
        onUnreadable: () => {},
      });
      await watcher.begun(at);
      for (let i = 0; i < requests; i++) {
        hub.attempted({ method: 'GET', route: '/a/{id}', status: 200, durationMs: 20 });
      }
      const run = { id: 1, kind: 'sweep', scope: 'full', state: 'done' } as const;
      const report: Night['report'] =
        requests === 0 ? null : { run, counts: noCounts(), keptReasons: {}, requests: noRequests() };
      if (report !== null && place.isWhole) {
        const ended = { startedAt: at, finishedAt: at + HOUR, exitCode, counts: noCounts(), outcomes: [] };
        place.record = { ...place.record, lastStartedAt: at, lastEnded: ended };
        if (exitCode !== EXIT.refused) place.record = { ...place.record, succeededAt: at + HOUR };
      }
      await watcher.ended({ startedAt: at, finishedAt: at + HOUR, exitCode, message: '', report });
      // Nobody listens any more.
      hub.attempted({ method: 'GET', route: '/a/{id}', status: 200, durationMs: 20 });
    },
    value: (sample: string) => {
      const name = sample.endsWith('}')
        ? `${sample.slice(0, -1)},textfile="night"}`
        : `${sample}{textfile="night"}`;
      const line = file.split('\n').find((one) => one.startsWith(`${name} `));
      return line === undefined ? null : Number(line.slice(name.length + 1));
    },
  };
  return place;
}

const SUCCESS = 'nightsweep_last_success_timestamp_seconds';
const REQUESTS = 'nightsweep_genesys_requests_total{method="GET",route="/a/{id}",status="200"}';
const COUNT = 'nightsweep_genesys_request_duration_seconds_count{method="GET",route="/a/{id}"}';

describe('the metrics file of a night', () => {
  it('adds what each night sent, and no more', async () => {
    const place = aPlace();
    await place.night(T0, EXIT.ok, 5);
    await place.night(T0 + 24 * HOUR, EXIT.incomplete, 2);
    expect(place.value(REQUESTS)).toBe(7);
    expect(place.value(COUNT)).toBe(7);
    expect(place.value(SUCCESS)).toBe((T0 + 25 * HOUR) / 1000);
    expect(place.value('nightsweep_info{version="1.2.3"}')).toBe(1);
  });

  it('tells that a night has begun, before it ends', async () => {
    const place = aPlace();
    await place.night(T0, EXIT.ok, 5);
    await place.night(T0 + 24 * HOUR, EXIT.ok, 1);
    const begun = place.written[2] ?? '';
    expect(begun).toContain(
      `nightsweep_last_start_timestamp_seconds{textfile="night"} ${(T0 + 24 * HOUR) / 1000}\n`,
    );
    expect(begun).toContain(
      `nightsweep_last_end_timestamp_seconds{textfile="night"} ${(T0 + HOUR) / 1000}\n`,
    );
    expect(begun).toContain('status="200",textfile="night"} 5\n');
  });

  it.each([EXIT.auth, EXIT.database])(
    'keeps the last success when a night fails with %i and the record cannot be read',
    async (exitCode) => {
      const place = aPlace();
      await place.night(T0, EXIT.ok, 5);
      place.figures = () => Promise.reject(new Error('broken'));
      await place.night(T0 + 24 * HOUR, exitCode);
      expect(place.value(SUCCESS)).toBe((T0 + HOUR) / 1000);
      expect(place.value('nightsweep_last_exit_code')).toBe(exitCode);
      expect(place.value('nightsweep_last_start_timestamp_seconds')).toBe((T0 + 24 * HOUR) / 1000);
      expect(place.value('nightsweep_outcomes_total{outcome="closed",reason="stale"}')).toBe(12);
      expect(place.value(REQUESTS)).toBe(5);
    },
  );

  it('takes the last success from the record where there was no file, and none from a refused night', async () => {
    const place = aPlace();
    await place.night(T0, EXIT.refused, 1);
    expect(place.value(SUCCESS)).toBe((T0 - HOUR) / 1000);
    expect(place.value('nightsweep_last_exit_code')).toBe(5);
  });

  it('takes the last success from the record also where the file has a later one, from a clock that was ahead', async () => {
    const place = aPlace();
    await place.night(T0 + 1_000 * HOUR, EXIT.ok, 1);
    place.record = FIGURES;
    await place.night(T0, EXIT.refused, 1);
    expect(place.value(SUCCESS)).toBe((T0 - HOUR) / 1000);
  });

  /** The night before on record, which left work. */
  const BEFORE: RecordFigures['lastEnded'] = {
    ...{ startedAt: T0 - 2 * HOUR, finishedAt: T0 - HOUR, exitCode: 6, outcomes: [] },
    counts: { ...noCounts(), left: 21 },
  };
  const LEFT = 'nightsweep_last_conversations{count="left"}';
  const [START, END, CODE] = ['start_timestamp_seconds', 'end_timestamp_seconds', 'exit_code'].map(
    (name) => `nightsweep_last_${name}`,
  ) as [string, string, string];

  it.each<[string, boolean, ExitCode, number]>([
    ['a sweep of a part of the work', false, EXIT.ok, 3],
    ['a sweep of a part of the work that could not begin', false, EXIT.auth, 0],
    ['one that found another at work', true, EXIT.leaseHeld, 0],
    ['one that was ended before it had a run', true, EXIT.terminated, 0],
  ])('tells what waits after %s, and of the night before it all else', async (_, isWhole, code, sent) => {
    const place = aPlace();
    Object.assign(place, { isWhole, record: { ...FIGURES, lastEnded: BEFORE } });
    await place.night(T0, code, sent);
    expect([START, END, CODE, LEFT].map(place.value)).toEqual([
      ...[(T0 - 2 * HOUR) / 1000, (T0 - HOUR) / 1000, 6, 21],
    ]);
    expect(place.value('nightsweep_backlog_conversations')).toBe(3);
    expect(place.value(REQUESTS)).toBe(sent);
  });

  it('lets none of these hide a night that could not begin', async () => {
    const place = aPlace();
    const failed = { startedAt: T0, finishedAt: T0 + HOUR, exitCode: EXIT.auth };
    Object.assign(place, { unrecorded: failed, record: { ...FIGURES, lastEnded: BEFORE } });
    await place.night(T0 + 2 * HOUR, EXIT.leaseHeld);
    expect([START, END, CODE].map(place.value)).toEqual([T0 / 1000, (T0 + HOUR) / 1000, 4]);
  });
});
