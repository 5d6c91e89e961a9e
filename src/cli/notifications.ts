import { randomUUID } from 'node:crypto';
import {
  loadNotifyTargets,
  type NotifyAddress,
  orNothing,
  rethrow,
  type Unable,
} from '../config/notify-targets.ts';
import type { Instant } from '../domain/time.ts';
import type { NightWatcher } from '../night/ports.ts';
import type { Wire } from '../notify/http.ts';
import type { Heartbeat, Listener, Target } from '../notify/target.ts';
import type { Occasion } from '../notify/when.ts';
import type { Context } from './command.ts';
import { databasePath } from './compose.ts';
import { warnWhenExposed } from './exposure.ts';
import { nameOf } from './installation.ts';
import { momentIn } from './render/schedule.ts';
import { signingKey } from './signing-key.ts';
import { zoneOfNights } from './zone.ts';

/** Who is told of which nights, and in whose name. */
export interface Notifications {
  readonly listeners: readonly Listener[];
  readonly heartbeat: Heartbeat | null;
  readonly on: readonly Occasion[];
  readonly name: string;
}

/** @param unable is given a UsageError for who could not be told; without one it is thrown */
export function notificationsOf(context: Context, unable: Unable = rethrow): Notifications {
  const { notify } = context.config().config;
  const { addresses, files } = loadNotifyTargets(context.surroundings, unable);
  for (const file of files) warnWhenExposed(context.log, 'The file with a secret of notify', file);
  const moment = (at: Instant) => {
    const timeZone = zoneOfNights(context);
    return `${momentIn(timeZone)(at)} (${timeZone})`;
  };
  const targets = addresses.flatMap((address) => orNothing(() => targetOf(address, moment), unable));
  return {
    listeners: targets.filter((target) => target.kind !== 'heartbeat'),
    heartbeat: targets.find((target) => target.kind === 'heartbeat') ?? null,
    on: notify.on,
    name: nameOf(context),
  };
}

/** @throws UsageError for a secret that is no key */
function targetOf({ kind, host, url, secret }: NotifyAddress, moment: Listener['moment']): Target {
  const address = { host, revealUrl: () => url.reveal() };
  if (kind === 'heartbeat') return { kind, ...address };
  return { kind, ...address, moment, signingKey: secret && signingKey(secret.value, secret.variable) };
}

/** @throws UsageError for who could not be told */
export function demandTellable(context: Context): void {
  notificationsOf(context);
}

/** The way to those who are told. */
export async function wireOf({ io }: Context): Promise<Wire> {
  const { openWire } = await import('../notify/http.ts');
  return openWire({ clock: io.clock, userAgent: `nightsweep/${io.version}` });
}

/**
 * Who tells others of a night; nobody when the settings name nobody.
 *
 * @param isWhole false: a sweep of a part of the work, which is no night
 * @param unable is given a UsageError for each who could not be told
 */
export async function notifiers(context: Context, isWhole: boolean, unable: Unable): Promise<NightWatcher[]> {
  const notifications = notificationsOf(context, unable);
  if (notifications.listeners.length === 0 && notifications.heartbeat === null) return [];
  const { log, io } = context;
  const { clock, random } = io;
  const { createNotifier } = await import('../notify/notifier.ts');
  const { notifyMemory } = await import('./notify-memory.ts');
  const { send, close } = await wireOf(context);
  const memory = notifyMemory(databasePath(context));
  return [
    createNotifier({ ...notifications, isWhole, memory, send, close, clock, random, log, newId: messageId }),
  ];
}

export const messageId = () => `msg_${randomUUID()}`;
