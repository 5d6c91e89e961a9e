import type { NightEnd } from '../domain/night.ts';
import { SECOND } from '../domain/time.ts';
import { cached } from '../metrics/cached.ts';
import type { Clock } from '../sweep/ports.ts';
import { type Page, pageOf, renderPage } from './html/page.ts';
import { modelOf } from './model.ts';
import type { BackgroundState, DashboardStore, ScheduleState } from './ports.ts';
import { type Question, readSeen, type Step } from './read.ts';
import { timesIn } from './times.ts';

/** However many ask within this time, one reading serves them all. */
const FRESH_MS = 3 * SECOND;

export interface DashboardParts extends Omit<Question, 'now' | 'lastNight'> {
  readonly store: DashboardStore;
  readonly step: Step;
  readonly clock: Clock;
  /** The path of the record, as it was given. */
  readonly db: string;
  readonly requestMaxAgeMs: number;
  readonly background: () => BackgroundState | null;
  readonly schedule: () => ScheduleState | null;
  /** The last night of which anybody knows; null: of none. */
  readonly lastNight: () => NightEnd | null;
  /** Whether anybody can send this server events or requests. */
  readonly isFed: boolean;
  /** What people call this installation, to tell it from others. */
  readonly name: string;
  /** How often an open page asks for news. */
  readonly everyMs: number;
}

/** The dashboard at one moment. */
export interface Look {
  readonly etag: Page['etag'];
  /** By the clocks of its time zone: `12:03:20`. */
  readonly asOf: string;
  readonly ageSeconds: number;
  /** The whole page. */
  render(canLogOut: boolean): string;
}

export interface Dashboard {
  /** What people call this installation. */
  readonly name: string;
  /** Throws DatabaseError and BusyError. */
  look(): Promise<Look>;
}

/** However many look at it, and however large the record is, others are served meanwhile. */
export function createDashboard(parts: DashboardParts): Dashboard {
  const { clock, timeZone, expected, db, name, isFed, requestMaxAgeMs, lifeOf, everyMs } = parts;
  const times = timesIn(timeZone);
  const read = () =>
    readSeen(parts.store, { ...parts, now: clock.now(), lastNight: parts.lastNight() }, parts.step);
  const reading = cached(read, clock.now, { leastMs: FRESH_MS, patienceMs: Number.POSITIVE_INFINITY });
  return {
    name,
    look: async () => {
      const { value: seen, at } = await reading();
      const model = modelOf({
        ...{ seen, times, expected, db, name, isFed, requestMaxAgeMs, lifeOf },
        background: parts.background(),
        schedule: parts.schedule(),
        lastNight: parts.lastNight(),
      });
      const page = pageOf(model);
      const ageSeconds = Math.max(0, Math.floor((clock.now() - at) / 1000));
      return {
        ...{ etag: page.etag, asOf: times.clock(at), ageSeconds },
        render: (canLogOut) => renderPage(page, model, { asOf: at, ageSeconds, everyMs, canLogOut }),
      };
    },
  };
}
