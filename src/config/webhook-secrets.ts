import { UsageError } from '../domain/errors.ts';
import { readSecretFile } from './credentials.ts';
import { readEnvironment } from './environment.ts';
import { Secret } from './secret.ts';
import type { Surroundings } from './surroundings.ts';

/** How the senders of webhooks prove who they are; both null: nobody may send any. */
export interface WebhookSecrets {
  /** Signs them by Standard Webhooks. */
  readonly secret: Secret | null;
  /** The bearer token of senders that cannot sign. */
  readonly token: Secret | null;
  /** Paths of the files that they were read from. */
  readonly files: readonly string[];
}

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/**
 * The secrets of webhooks from the environment and `.env`, optionally from files.
 * @throws UsageError that names the variable and what is wrong with it, never the secret
 */
export function loadWebhookSecrets(surroundings: Surroundings): WebhookSecrets {
  const environment = readEnvironment(surroundings);
  const read = (variable: string, content: string) =>
    readSecretFile(environment, surroundings, variable, content) ?? environment.get(variable) ?? null;
  const secret = read('NIGHTSWEEP_WEBHOOK_SECRET', 'secret that webhooks are signed with');
  const token = read('NIGHTSWEEP_WEBHOOK_TOKEN', 'token that webhooks are sent with');
  for (const one of [secret, token]) {
    if (one !== null) surroundings.secrets.add(one.text);
  }
  if (token !== null && !new RegExp(`^[\\x21-\\x7e]{${SHORTEST_TOKEN},}$`).test(token.text)) {
    throw new UsageError(
      `NIGHTSWEEP_WEBHOOK_TOKEN must have ${SHORTEST_TOKEN} characters or more, and no blanks; make one with: openssl rand -hex 32.`,
    );
  }
  return {
    secret: secret === null ? null : new Secret(secret.text),
    token: token === null ? null : new Secret(token.text),
    files: [secret, token].flatMap((one) => (one === null || one.file === null ? [] : [one.file])),
  };
}
