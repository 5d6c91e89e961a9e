import { DAY, type Instant } from '../domain/time.ts';
import type { Period } from './ports.ts';

/**
 * Analytics selects by the day of the start (official), so that days are never cut in two: both halves would get the
 * whole day. Longer than a week is too heavy for a busy organisation (field), and 31 days are the most there are.
 */
const MOST_DAYS = 7;

/** The period in pieces that one call can take, oldest first: they cover it exactly, without overlap. */
export function piecesOf(period: Period): Period[] {
  const pieces: Period[] = [];
  for (let since = period.since; since < period.until; ) {
    const until = Math.min(dayOf(since) + MOST_DAYS * DAY, period.until);
    pieces.push({ since, until });
    since = until;
  }
  return pieces;
}

/** The piece in two, oldest first; null when it is of one day, which cannot be cut. */
export function halvesOf({ since, until }: Period): readonly [Period, Period] | null {
  const days = Math.ceil((until - dayOf(since)) / DAY);
  if (days < 2) return null;
  const middle = dayOf(since) + Math.ceil(days / 2) * DAY;
  return [
    { since, until: middle },
    { since: middle, until },
  ];
}

/** The first moment of its day, in UTC. */
function dayOf(at: Instant): Instant {
  return Math.floor(at / DAY) * DAY;
}
