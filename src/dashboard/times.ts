import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts';

/** Moments by the clocks of one place. */
export interface Times {
  readonly timeZone: string;
  /** `Tue 24 Nov, 02:00` */
  when(at: Instant): string;
  /** `Tue 24 Nov` */
  day(at: Instant): string;
  /** `02:00` */
  minute(at: Instant): string;
  /** `02:00:07` */
  clock(at: Instant): string;
  /** 0 to 23. */
  hour(at: Instant): number;
}

export function timesIn(timeZone: string): Times {
  const form = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' });
  const day = form({ weekday: 'short', day: 'numeric', month: 'short' });
  const minute = form({ hour: '2-digit', minute: '2-digit' });
  const second = form({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const hour = form({ hour: 'numeric' });
  const dayOf = (at: Instant) => day.format(at).replace(',', '');
  return {
    timeZone,
    when: (at) => `${dayOf(at)}, ${minute.format(at)}`,
    day: dayOf,
    minute: (at) => minute.format(at),
    clock: (at) => second.format(at),
    hour: (at) => Number(hour.format(at)),
  };
}

/** About how long, in whole steps that a page need not be sent anew for all the time: `3d 4h`, `2h`, `12m`. */
export function roughly(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < 10 * HOUR) return parts(ms, HOUR, 'h', MINUTE * 10, 10, 'm');
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`;
  return ms < 10 * DAY ? parts(ms, DAY, 'd', HOUR, 1, 'h') : `${Math.floor(ms / DAY)}d`;
}

function parts(ms: number, large: number, one: string, small: number, factor: number, other: string): string {
  const n = Math.floor((ms % large) / small) * factor;
  return `${Math.floor(ms / large)}${one}${n === 0 ? '' : ` ${n}${other}`}`;
}
