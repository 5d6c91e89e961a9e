import { type Instant, SECOND } from '../domain/time.ts';
import { signatureOf } from '../webhook/signature.ts';
import { plainBody } from './formats/plain.ts';
import { slackBody } from './formats/slack.ts';
import { teamsBody } from './formats/teams.ts';
import { webhookBody } from './formats/webhook.ts';
import type { Notice } from './notice.ts';
import type { Answer, Post } from './ports.ts';

interface Address {
  /** All of the address that may be shown. */
  readonly host: string;
  /** A function, so that the secret does not show where this is printed. */
  readonly revealUrl: () => string;
}

/** Somebody who is told of those nights that are worth it. */
export interface Listener extends Address {
  readonly kind: 'webhook' | 'slack' | 'teams';
  /** Signs by Standard Webhooks; null: nothing is signed. */
  readonly signingKey: (() => Uint8Array) | null;
  /** What a moment is called where people read it as it is. */
  readonly moment: (at: Instant) => string;
}

/** A dead man's switch, which hears of every night and gives the alarm when a beat stays away. */
export interface Heartbeat extends Address {
  readonly kind: 'heartbeat';
}

export type Target = Listener | Heartbeat;

/** `log` is kept and changes nothing. */
export type Beat = 'start' | 'success' | 'fail' | 'log';

const BODIES = { webhook: webhookBody, slack: slackBody, teams: teamsBody } as const;

/**
 * Makes the request that tells a listener, at the moment when it is sent: a repeated one has the same id and a signature
 * of its own.
 *
 * @param id of the message
 */
export function telling(listener: Listener, notice: Notice, id: string): (now: Instant) => Post {
  const body = BODIES[listener.kind](notice, listener.moment);
  return (now) => ({
    url: listener.revealUrl(),
    headers: {
      'content-type': 'application/json',
      ...(listener.kind === 'webhook' ? signed(listener.signingKey, id, now, body) : {}),
    },
    body,
  });
}

function signed(key: Listener['signingKey'], id: string, now: Instant, body: string) {
  const timestamp = String(Math.floor(now / SECOND));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (key === null) return headers;
  const signature = signatureOf(key(), { id, timestamp, body }).toString('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/** The way of Healthchecks: the address itself is a success, anything else is a word after it. */
export function beating(heartbeat: Heartbeat, beat: Beat, notice: Notice | null): () => Post {
  const url = new URL(heartbeat.revealUrl());
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = beat === 'success' ? path : `${path}/${beat}`;
  const body = notice === null ? '' : plainBody(notice);
  return () => ({ url: url.href, headers: { 'content-type': 'text/plain; charset=utf-8' }, body });
}

/** `Slack (hooks.slack.com)`. */
export function nameOf({ kind, host }: Pick<Target, 'kind' | 'host'>): string {
  return `${NAMES[kind]} (${host})`;
}

const NAMES = { webhook: 'webhook', slack: 'Slack', teams: 'Teams', heartbeat: 'heartbeat' } as const;

/** Healthchecks answers 200 also for what it did not take (`OK (not found)`), for the sake of old clients. */
export function isTaken({ kind }: Pick<Target, 'kind'>, { status, text }: Answer): boolean {
  if (status < 200 || status > 299) return false;
  return kind !== 'heartbeat' || !/^OK \(/.test(text);
}
