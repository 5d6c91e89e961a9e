import { parseConversationId } from '../domain/ids.ts';
import { queryDetails, survey } from './analytics-routes.ts';
import type { Handler } from './call.ts';
import { closeMessaging, readMessaging } from './gateway-routes.ts';
import { organization, tokenInfo } from './other-routes.ts';
import { closeMessage, readMessage } from './platform-routes.ts';

/** The same for both contracts, so that requests can be counted without knowing which one is spoken. */
export type RouteName = 'token' | 'read' | 'close' | 'survey' | 'query' | 'token_info' | 'organization';

interface ApiRoute {
  readonly name: RouteName;
  readonly method: string;
  /** The rest of the path is a conversation id when it ends in a slash. */
  readonly path: string;
  /** What the client must have been granted; null: nothing. */
  readonly permission: string | null;
  readonly handle: Handler;
}

const MESSAGES = '/api/v2/conversations/messages/';
const MESSAGING = '/api/v2/conversations/messaging/';

const API_ROUTES: readonly ApiRoute[] = [
  {
    name: 'read',
    method: 'GET',
    path: MESSAGES,
    permission: 'conversation:communication:view',
    handle: readMessage,
  },
  {
    name: 'close',
    method: 'PATCH',
    path: MESSAGES,
    permission: 'conversation:communication:disconnect',
    handle: closeMessage,
  },
  { name: 'read', method: 'GET', path: MESSAGING, permission: 'conversation:read', handle: readMessaging },
  {
    name: 'close',
    method: 'PATCH',
    path: MESSAGING,
    permission: 'conversation:message:write',
    handle: closeMessaging,
  },
  {
    name: 'survey',
    method: 'GET',
    path: '/api/v2/analytics/conversations/details',
    permission: 'analytics:conversationDetail:view',
    handle: survey,
  },
  {
    name: 'query',
    method: 'POST',
    path: '/api/v2/analytics/conversations/details/query',
    permission: 'analytics:conversationDetail:view',
    handle: queryDetails,
  },
  { name: 'token_info', method: 'GET', path: '/api/v2/tokens/me', permission: null, handle: tokenInfo },
  {
    name: 'organization',
    method: 'GET',
    path: '/api/v2/organizations/me',
    permission: null,
    handle: organization,
  },
];

/** Where a request goes. Only the token endpoint has a name and no API route; no name: there is no such route. */
export interface Destination {
  readonly name: RouteName | null;
  readonly route: ApiRoute | null;
  readonly conversationId: string | null;
}

export function destinationOf(method: string, path: string): Destination {
  if (method === 'POST' && path === '/oauth/token') {
    return { name: 'token', route: null, conversationId: null };
  }
  for (const route of API_ROUTES) {
    if (route.method !== method || !path.startsWith(route.path)) continue;
    const rest = path.slice(route.path.length);
    if (route.path.endsWith('/') ? rest === '' || rest.includes('/') : rest !== '') continue;
    return { name: route.name, route, conversationId: parseConversationId(rest) };
  }
  return { name: null, route: null, conversationId: null };
}
