import { parseConversationId } from '../domain/ids.ts';
import { analyticsConversation } from './analytics-view.ts';
import type { Handler } from './call.ts';
import { badRequest, json } from './reply.ts';
import type { WireAnalyticsDetails, WireOrganization, WireTokenInfo } from './wire.ts';

/** `GET /api/v2/analytics/conversations/details?id=a,b`; ids it does not know are simply missing. */
export const survey: Handler = ({ world, options, now, query }) => {
  const ids = query.getAll('id').flatMap((list) => list.split(','));
  if (ids.length === 0) throw badRequest('At least one conversation id is needed.');
  if (ids.length > options.maxIdsPerSurvey) {
    throw badRequest('At most {limit} conversation ids are allowed.', {
      limit: String(options.maxIdsPerSurvey),
    });
  }
  const asOf = now - options.analyticsLagMs;
  const conversations = ids.flatMap((text) => {
    const id = parseConversationId(text);
    if (id === null) throw badRequest('{id} is not a valid UUID.', { id: text });
    const record = world.get(id);
    return record === null ? [] : (analyticsConversation(record, asOf) ?? []);
  });
  return json(200, { conversations } satisfies WireAnalyticsDetails);
};

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
