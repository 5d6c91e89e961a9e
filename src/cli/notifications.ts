import { randomUUID } from 'node:crypto';
import { loadNotifyTargets } from '../config/notify-targets.ts';
import type { NightWatcher } from '../night/ports.ts';
import type { Wire } from '../notify/http.ts';
import type { Heartbeat, Listener } from '../notify/target.ts';
import type { Occasion } from '../notify/when.ts';
import type { Context } from './command.ts';
import { databasePath } from './compose.ts';
import { warnWhenExposed } from './exposure.ts';
import { signingKey } from './signing-key.ts';

/** Who is told of which nights, and in whose name. */
export interface Notifications {
  readonly listeners: readonly Listener[];
  readonly heartbeat: Heartbeat | null;
  readonly on: readonly Occasion[];
  readonly name: string;
}

/** @throws UsageError for who could not be told */
export function notificationsOf(context: Context): Notifications {
  const { notify } = context.config().config;
  const targets = loadNotifyTargets(context.surroundings);
  for (const file of targets.files) warnWhenExposed(context.log, 'The file with a secret of notify', file);
  const key = targets.secret === null ? null : signingKey(targets.secret.value, targets.secret.variable);
  const heartbeat = targets.addresses.find(({ kind }) => kind === 'heartbeat');
  return {
    listeners: targets.addresses.flatMap(({ kind, host, url }) =>
      kind === 'heartbeat' ? [] : [{ kind, host, revealUrl: () => url.reveal(), signingKey: key }],
    ),
    heartbeat: heartbeat
      ? { kind: 'heartbeat', host: heartbeat.host, revealUrl: () => heartbeat.url.reveal() }
      : null,
    on: notify.on,
    name: notify.name ?? context.io.host,
  };
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
 * Who tells others of a night; nobody when the settings name nobody. Throws UsageError for who could not be told.
 *
 * @param isWhole false: a sweep of a part of the work, which is no night
 */
export async function notifiers(context: Context, isWhole: boolean): Promise<NightWatcher[]> {
  const notifications = notificationsOf(context);
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
