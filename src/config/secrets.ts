import { NOTIFY_VARIABLES } from './notify-variables.ts';
import { REDACTED } from './secret.ts';

/**
 * The secrets that this process knows: whoever reads or receives one adds it, and whatever is said or recorded goes
 * through {@link Secrets.redact}, because the other side, or an error from below, may repeat them.
 */
export interface Secrets {
  add(secret: string): void;
  /** The text with `[redacted]` in the place of every secret. */
  redact(text: string): string;
}

/** In place of what is shorter it would deface ordinary words; Genesys's are five times as long. */
const SHORTEST = 8;
/** Where something ends that was too long to be told. */
const CUT = '…';

export function createSecrets(): Secrets {
  let longestFirst: readonly string[] = [];
  return {
    add: (secret) => {
      if (secret.length < SHORTEST || longestFirst.includes(secret)) return;
      // One may be a part of another.
      longestFirst = [...longestFirst, secret].sort((a, b) => b.length - a.length);
    },
    redact: (text) => longestFirst.reduce((rest, secret) => redactOne(rest, secret), text),
  };
}

/** The whole secret, and the beginning of one where a text that was too long was cut. */
function redactOne(text: string, secret: string): string {
  const whole = text.replaceAll(secret, REDACTED);
  if (!whole.includes(CUT)) return whole;
  for (let length = secret.length - 1; length >= SHORTEST; length--) {
    const cut = secret.slice(0, length) + CUT;
    if (whole.includes(cut)) return redactOne(whole.replaceAll(cut, REDACTED + CUT), secret);
  }
  return whole;
}

/** Secrets of our own, each of which a file may hold instead, whose path is in the variable of the same name and `_FILE`. */
export const OWN_SECRETS = [
  'NIGHTSWEEP_API_TOKEN',
  'NIGHTSWEEP_WEBHOOK_SECRET',
  'NIGHTSWEEP_WEBHOOK_TOKEN',
  ...NOTIFY_VARIABLES,
] as const;

/** The variable of the secret of our own that somebody calls so: `apiToken`, `webhook_secret`; null: it is none. */
export function ownSecretFor(key: string): string | null {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]|nightsweep/g, '');
  return OWN_SECRETS.find((name) => plain(name) === plain(key)) ?? null;
}

const SECRET_VARIABLES = ['GENESYS_CLIENT_SECRET', 'GENESYSCLOUD_OAUTHCLIENT_SECRET', ...OWN_SECRETS];

/** Adds what those variables hold whose values are secrets. */
export function addSecretsOf(
  env: Readonly<Record<string, string | undefined>>,
  secrets: Pick<Secrets, 'add'>,
): void {
  for (const name of SECRET_VARIABLES) secrets.add(env[name] ?? '');
}
