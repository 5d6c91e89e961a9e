/** Where Genesys Cloud's API has what this client asks for. Ids stand as `{id}`: these name kinds of requests. */
export const ROUTES = {
  token: '/oauth/token',
  message: '/api/v2/conversations/messages/{id}',
  gatewayMessage: '/api/v2/conversations/messaging/{id}',
  details: '/api/v2/analytics/conversations/details',
  detailsQuery: '/api/v2/analytics/conversations/details/query',
  tokenOwner: '/api/v2/tokens/me',
  organization: '/api/v2/organizations/me',
} as const;

/** What a sweep sends under this contract. */
export function routesOfSweep(contract: 'platform' | 'gateway'): { method: string; route: string }[] {
  const message = contract === 'platform' ? ROUTES.message : ROUTES.gatewayMessage;
  const common = [
    { method: 'POST', route: ROUTES.token },
    { method: 'GET', route: message },
    { method: 'PATCH', route: message },
  ];
  return contract === 'platform' ? [...common, { method: 'GET', route: ROUTES.details }] : common;
}
