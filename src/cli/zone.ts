import type { Context } from './command.ts';

/**
 * The time zone of this machine.
 *
 * @returns null where nobody knows: what TZ says is empty or names none. Node.js then tells undefined, or a name that it
 * does not take itself, and its clocks show UTC.
 */
export function knownZone(): string | null {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // Given undefined, a format would take the machine's own.
  if (typeof timeZone !== 'string') return null;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return timeZone;
  } catch {
    return null;
  }
}

/** The same for who only shows moments: UTC where nobody knows. */
export function zoneOfMachine(): string {
  return knownZone() ?? 'UTC';
}

/** In which nights are spoken of: that in which they are planned, or else this machine's. */
export function zoneOfNights({ config }: Pick<Context, 'config'>): string {
  return config().config.schedule.timeZone ?? zoneOfMachine();
}
