import type { Handler } from './call.ts';
import { json } from './reply.ts';
import type { WireOrganization, WireTokenInfo } from './wire.ts';

/** `GET /api/v2/tokens/me` */
export const tokenInfo: Handler = ({ options: { organization, clientId } }) =>
  json(200, {
    organization,
    authorizedScope: [],
    OAuthClient: {
      id: clientId,
      name: 'Simulated client',
      authorizedGrantType: 'CLIENT_CREDENTIALS',
      organization,
    },
  } satisfies WireTokenInfo);

/** `GET /api/v2/organizations/me` */
export const organization: Handler = ({ options }) =>
  json(200, {
    ...options.organization,
    version: 1,
    state: 'active',
    selfUri: '/api/v2/organizations/me',
  } satisfies WireOrganization);
