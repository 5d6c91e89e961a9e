import { type CronExpression, readCron } from '../schedule/cron.ts';
import type { Kind } from './kinds.ts';
import { nearest } from './nearest.ts';
import { accept, refuse } from './parsed.ts';

/** When something begins: minute, hour, day of the month, month and day of the week. */
export function cron(): Kind<CronExpression> {
  return {
    unit: 'cron expression',
    accepts: 'a cron expression of five fields such as "30 2 * * *" (minute, hour, day, month, weekday)',
    isList: false,
    parse: (text) => {
      const read = readCron(text);
      return read.ok ? read : { ...read, isEnough: true };
    },
    format: ({ text }) => text,
  };
}

/** The name of a time zone in the IANA's database that this Node.js knows; never an offset, which knows no summer. */
export function timeZone(): Kind<string> {
  return {
    unit: 'time zone',
    accepts: 'a name such as Europe/Berlin or UTC',
    isList: false,
    parse: (text) => {
      if (isTimeZone(text)) return accept(text);
      const meant = nearest(text, Intl.supportedValuesOf('timeZone'));
      return refuse(meant === null ? null : `did you mean ${meant}?`);
    },
    format: (value) => value,
  };
}

function isTimeZone(text: string): boolean {
  if (/^[+-]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
