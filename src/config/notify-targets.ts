import { UsageError } from '../domain/errors.ts';
import { readSecretFile } from './credentials.ts';
import { parseHook } from './endpoint.ts';
import { type Environment, readEnvironment, realEnvironment } from './environment.ts';
import { NOTIFY_SECRET, NOTIFY_URLS } from './notify-variables.ts';
import { Secret } from './secret.ts';
import type { Surroundings } from './surroundings.ts';

/** Somebody who is told of nights. */
export interface NotifyAddress {
  readonly kind: keyof typeof NOTIFY_URLS;
  readonly url: Secret;
  /** All of the address that may be shown: with the port, if it has one. */
  readonly host: string;
  /** What is said to it is signed with; null: it is not. Only the generic webhook has one. */
  readonly secret: { readonly value: Secret; readonly variable: string } | null;
}

export interface NotifyTargets {
  readonly addresses: readonly NotifyAddress[];
  /** Paths of the files that they were read from. */
  readonly files: readonly string[];
}

/** Takes what keeps one of them from being told; the others are told all the same, unless it throws. */
export type Unable = (error: unknown) => void;

/** For who would rather not begin at all. */
export const rethrow: Unable = (error) => {
  throw error;
};

/** What is made, or nothing where it cannot be. */
export function orNothing<T>(make: () => T, unable: Unable): readonly T[] {
  try {
    return [make()];
  } catch (error) {
    unable(error);
    return [];
  }
}

/** A piece of a URL that is as long as this, and no word or two, may be the token in it. */
const LONG_PIECE = /[^/?&=]{16,}/g;
const isNoWord = (piece: string) => /\d/.test(piece) || (/[a-z]/.test(piece) && /[A-Z]/.test(piece));

/**
 * Those who are told of nights, from the environment and `.env`, optionally from files; each by itself.
 *
 * @param unable is given a UsageError that names the variable and what is wrong with it, never the address
 */
export function loadNotifyTargets(surroundings: Surroundings, unable: Unable): NotifyTargets {
  const environment = environmentOf(surroundings, unable);
  const files: string[] = [];
  const read = (variable: string, content: string) => {
    const found = find(environment, surroundings, variable, content);
    if (found === null) return null;
    surroundings.secrets.add(found.text);
    if (found.file !== null) files.push(found.file);
    return found;
  };
  const load = (kind: NotifyAddress['kind']): NotifyAddress | null => {
    const variable = NOTIFY_URLS[kind];
    const found = read(variable, 'URL');
    // An unsigned message would be refused where signed ones are expected, or teach somebody to take such.
    const secret = kind === 'webhook' ? read(NOTIFY_SECRET, 'secret that the webhook is signed with') : null;
    if (found === null) {
      if (secret === null) return null;
      throw new UsageError(
        `${secret.variable} signs nothing without ${variable}; set that too, or unset the secret.`,
      );
    }
    const url = parseHook(found.text, found.variable);
    demandOwnKind(kind, url, found.variable);
    if (kind === 'heartbeat') demandWords(url, found.variable);
    // What reports an error may repeat a part of it.
    const path = `${url.pathname}${url.search}`;
    for (const part of [url.href, path, ...(path.match(LONG_PIECE) ?? []).filter(isNoWord)])
      surroundings.secrets.add(part);
    return {
      ...{ kind, url: new Secret(url.href), host: url.host },
      secret: secret && { value: new Secret(secret.text), variable: secret.variable },
    };
  };
  const addresses = Object.keys(NOTIFY_URLS)
    .flatMap((kind) => orNothing(() => load(kind as NotifyAddress['kind']), unable))
    .filter((address) => address !== null);
  return { addresses, files };
}

function environmentOf(surroundings: Surroundings, unable: Unable): Environment {
  const [environment] = orNothing(() => readEnvironment(surroundings), unable);
  return environment ?? realEnvironment(surroundings);
}

function find(environment: Environment, surroundings: Surroundings, variable: string, content: string) {
  const inFile = readSecretFile(environment, surroundings, variable, content);
  if (inFile !== null) return { ...inFile, text: inFile.text.trim(), variable: `${variable}_FILE` };
  const given = environment.get(variable);
  return given === undefined ? null : { text: given.text.trim(), file: given.file, variable: given.where };
}

/** The others speak so differently that it would be refused, on the night that matters. */
function demandOwnKind(kind: NotifyAddress['kind'], { hostname }: URL, variable: string): void {
  if (kind === 'slack' || hostname !== 'hooks.slack.com') return;
  throw new UsageError(`${variable} is an address of Slack; give it in ${NOTIFY_URLS.slack} instead.`);
}

/** A start or a failure told to such a service would be taken for whatever the parameter says: success, mostly. */
function demandWords({ searchParams }: URL, variable: string): void {
  const parameter = ['state', 'status'].find((name) => searchParams.has(name));
  if (parameter === undefined) return;
  throw new UsageError(
    `${variable} says how a night went by a parameter (?${parameter}=), which is not supported; give an address that takes /start and /fail behind it, as that of Healthchecks does.`,
  );
}
