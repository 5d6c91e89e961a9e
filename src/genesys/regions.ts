import leven from 'leven';
import { UsageError } from '../domain/errors.ts';

/** The regions that Genesys lists, as AWS name and host. New ones appear: {@link resolveHost} takes more. */
export const REGIONS: readonly { readonly region: string; readonly host: string }[] = [
  { region: 'us-east-1', host: 'mypurecloud.com' },
  { region: 'eu-west-1', host: 'mypurecloud.ie' },
  { region: 'ap-southeast-2', host: 'mypurecloud.com.au' },
  { region: 'ap-northeast-1', host: 'mypurecloud.jp' },
  { region: 'eu-central-1', host: 'mypurecloud.de' },
  { region: 'us-west-2', host: 'usw2.pure.cloud' },
  { region: 'ca-central-1', host: 'cac1.pure.cloud' },
  { region: 'ap-northeast-2', host: 'apne2.pure.cloud' },
  { region: 'eu-west-2', host: 'euw2.pure.cloud' },
  { region: 'ap-south-1', host: 'aps1.pure.cloud' },
  { region: 'us-east-2', host: 'use2.us-gov-pure.cloud' },
  { region: 'sa-east-1', host: 'sae1.pure.cloud' },
  { region: 'me-central-1', host: 'mec1.pure.cloud' },
  { region: 'ap-northeast-3', host: 'apne3.pure.cloud' },
  { region: 'eu-central-2', host: 'euc2.pure.cloud' },
  { region: 'mx-central-1', host: 'mxc1.pure.cloud' },
  { region: 'ap-southeast-1', host: 'apse1.pure.cloud' },
  { region: 'eusc-de-east-1', host: 'edee1.eusc-pure.cloud' },
];

export const DEFAULT_HOST = 'mypurecloud.com';

/** The forms of all known hosts; credentials are sent there, so nothing looser. */
const PLAUSIBLE =
  /^(?:mypurecloud\.(?:com|(?:com?\.)?[a-z]{2})|[a-z0-9]+\.(?:[a-z]+(?:-[a-z]+)*-)?pure\.cloud)$/;

/**
 * The host of a region, from its host, its AWS name, or any address in it such as `https://apps.mypurecloud.de/…`.
 * @param where the place it was given, for the error
 * @throws UsageError, with the nearest known region, for what cannot be a host of Genesys Cloud
 */
export function resolveHost(text: string, where: string | null = null): string {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/s, '')
    .replace(/^(?:api|login|apps)\./, '');
  const known = REGIONS.find((one) => one.region === host || one.host === host);
  if (known !== undefined) return known.host;
  if (PLAUSIBLE.test(host)) return host;
  const meant = nearestRegion(host);
  throw new UsageError(
    `${where === null ? '' : `${where}: `}${JSON.stringify(text.trim())} is not a region of Genesys Cloud; ${meant === null ? `give its host, such as ${DEFAULT_HOST}` : `did you mean ${meant}? Give its host`}, or the AWS name of a known region.`,
  );
}

export function loginUrlOf(host: string): string {
  return `https://login.${host}`;
}

export function apiUrlOf(host: string): string {
  return `https://api.${host}`;
}

/** Null: none is near. `ireland` is as far from its own region as from any other. */
function nearestRegion(text: string): string | null {
  const names = REGIONS.flatMap(({ region, host }) => [host, region]);
  const best = names.reduce((best, name) => (leven(text, name) < leven(text, best) ? name : best));
  return leven(text, best) <= text.length / 2 ? best : null;
}
