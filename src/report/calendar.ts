import { SLOT_MS } from '../domain/summary.ts';
import type { Instant } from '../domain/time.ts';

/** Day and hour of a moment in one time zone, as keys that sort and never mean two different hours. */
export interface Calendar {
  /** `2026-10-25` */
  day(at: Instant): string;
  /** `2026-10-25T02:00+02:00`; the offset tells the two hours apart that autumn gives the same name. */
  hour(at: Instant): string;
  /** `2026-10-25 02:10` */
  minute(at: Instant): string;
}

/** @param timeZone an IANA name that has passed {@link import('./period.ts').checkTimeZone} */
export function calendarOf(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  });
  const read = (at: Instant) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
    const offset = parts.get('timeZoneName')?.replace('GMT', '') || '+00:00';
    return { day, hour: `${parts.get('hour')}`, minute: `${parts.get('minute')}`, offset };
  };
  const slots = new Map<number, { day: string; hour: string }>();
  const slotOf = (at: Instant) => {
    const index = Math.floor(at / SLOT_MS);
    let slot = slots.get(index);
    if (slot === undefined) {
      const { day, hour, offset } = read(index * SLOT_MS);
      slot = { day, hour: `${day}T${hour}:00${offset}` };
      slots.set(index, slot);
    }
    return slot;
  };
  return {
    day: (at) => slotOf(at).day,
    hour: (at) => slotOf(at).hour,
    minute: (at) => {
      const { day, hour, minute } = read(at);
      return `${day} ${hour}:${minute}`;
    },
  };
}
