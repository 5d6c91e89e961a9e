import { formatDuration } from '../../config/duration.ts';
import { EXIT } from '../../domain/errors.ts';
import { COUNTED } from '../../domain/expected.ts';
import { counted } from '../../domain/text.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import { calendarOf } from '../../report/calendar.ts';
import type { Passed } from '../../schedule/plan.ts';
import type { ScheduleEvent } from '../../schedule/scheduler.ts';
import type { Context } from '../command.ts';
import type { ScheduleInForce } from '../scheduling.ts';

/** What a moment is called in this zone: `Wed 2026-11-25 02:30`. */
export function momentIn(timeZone: string): (at: Instant) => string {
  const { minute } = calendarOf(timeZone);
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' });
  return (at) => `${weekday.format(at)} ${minute(at)}`;
}

/** `30 2 * * * (Europe/Berlin), up to 15m later by chance` */
export function inWords({ cron, timeZone, jitterMs }: Omit<ScheduleInForce, 'times' | 'gaps'>): string {
  return `${cron} (${timeZone})${jitterMs > 0 ? `, up to ${formatDuration(jitterMs)} later by chance` : ''}`;
}

/** Public shape: the settings of the schedule. */
export function scheduleJson({ cron, timeZone, jitterMs, catchUp }: ScheduleInForce) {
  return { cron, timeZone, jitterSeconds: jitterMs / 1000, catchUp };
}

/** So many times at which nights are due, without their jitter. */
export function nextOf({ times }: Pick<ScheduleInForce, 'times'>, from: Instant, count: number): Instant[] {
  const found: Instant[] = [];
  for (let at = times.next(from); found.length < count; at = times.next(at)) found.push(at);
  return found;
}

/** As many as somebody looks at who only wants to know whether they are right. */
const SHOWN_AT_START = 3;

/** Public shape: what whoever runs nights tells at its start; null: runs none. */
export function nightsJson(inForce: ScheduleInForce | null, now: Instant) {
  if (inForce === null) return { schedule: null, next: [] };
  return { schedule: scheduleJson(inForce), next: nextOf(inForce, now, SHOWN_AT_START).map(toIso) };
}

/** Narrates what a scheduler does, one line each. */
export function createTeller({ log, io }: Context, inForce: ScheduleInForce): (event: ScheduleEvent) => void {
  const moment = momentIn(inForce.timeZone);
  const nextIs = (at: Instant) => `the next night: ${moment(at)}`;
  const nextAt = (at: Instant) => ({ nextAt: toIso(at) });
  return (event) => {
    switch (event.kind) {
      case 'planned': {
        const { at } = event.next;
        const when = at > io.clock.now() ? `in ${humanDuration(at - io.clock.now())}` : 'now';
        const made = inForce.catchUp ? '; one that was missed is made up for' : '';
        const fields = { ...scheduleJson(inForce), ...nextAt(at) };
        return log.info(`Nights by ${inWords(inForce)}${made}. ${capital(nextIs(at))}, ${when}.`, fields);
      }
      case 'begun':
        return log.info(`The night of ${moment(event.dueAt)} begins.`, { dueAt: toIso(event.dueAt) });
      case 'missed':
        return tellPassed(
          event,
          event.atStart
            ? 'left no sweep on record'
            : `${wereOf(event.passed)} missed, because the machine slept or its clock was set forward`,
          event.madeUp
            ? 'one sweep makes up for that now'
            : `schedule.catchUp is not set to make up for that; ${nextIs(event.next.at)}`,
        );
      case 'overlapped':
        return tellPassed(
          event,
          `${wereOf(event.passed)} left out, because the one before was still running`,
          nextIs(event.next.at),
        );
      case 'set_back':
        return log.warn(
          `The clock was set back by ${humanDuration(event.byMs)}; ${nextIs(event.next.at)}.`,
          nextAt(event.next.at),
        );
      case 'ended':
        return tellEnd(event);
    }
  };

  function tellPassed(
    { passed, next }: Extract<ScheduleEvent, { passed: Passed }>,
    what: string,
    then: string,
  ): void {
    log.warn(`${nights(passed, moment)} ${what}; ${then}.`, {
      nights: passed.nights,
      ...nextAt(next.at),
    });
  }

  function tellEnd({ dueAt, night, error, next }: Extract<ScheduleEvent, { kind: 'ended' }>): void {
    const { exitCode, message, report } = night;
    const isFine = exitCode === EXIT.ok;
    const how = isFine ? '' : exitCode === EXIT.unexpected ? ' (a bug, exit 1)' : ` (exit ${exitCode})`;
    const took = humanDuration(night.finishedAt - night.startedAt);
    const then = next === null ? '' : ` ${capital(nextIs(next.at))}.`;
    const line = `The night of ${moment(dueAt)} took ${took}${how}: ${message}${then}`;
    const planned = next === null ? { nextAt: null } : nextAt(next.at);
    const about = { exitCode, runId: report?.run.id ?? null, dueAt: toIso(dueAt), ...planned };
    if (isFine) log.info(line, about);
    else log.warn(line, about);
    if (exitCode === EXIT.unexpected && error instanceof Error) log.debug(error.stack ?? error.message);
  }
}

function wereOf({ nights: n }: Passed): string {
  return n === 1 ? 'was' : 'were';
}

function nights({ nights: n, lastDueAt }: Passed, moment: (at: Instant) => string): string {
  if (n === 1) return `The night of ${moment(lastDueAt)}`;
  return `${n < COUNTED ? counted(n, 'night') : `At least ${COUNTED} nights`}, the last one of ${moment(lastDueAt)},`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
