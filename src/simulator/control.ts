import { parseConversationId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { accountOf } from './account.ts';
import { parseJson } from './call.ts';
import type { Incoming } from './exchange.ts';
import { isActive } from './record.ts';
import { json, type Reply } from './reply.ts';
import { countRequests, type RequestRecord } from './request-log.ts';
import type { World } from './world.ts';

/** Paths below this are the simulator's own: not Genesys's, no authorization, not in the request log. */
export const CONTROL_PREFIX = '/simulator/';

const EVENT = /^\/simulator\/conversations\/([^/]+)\/(touch|end|revive|forget)$/;

/** Tells what the world looks like, and lets things happen in it. */
export function control(
  { method, url, bodyText }: Incoming,
  world: World,
  log: readonly RequestRecord[],
  now: Instant,
): Reply {
  const path = url.pathname;
  if (method === 'GET' && path === '/simulator/world') return json(200, world.account());
  if (method === 'GET' && path === '/simulator/requests') return json(200, countRequests(log));

  const [, text = '', event] = (method === 'POST' && EVENT.exec(path)) || [];
  if (event === undefined) return json(404, { message: `There is no ${method} ${path}.` });
  const id = parseConversationId(text);
  const record = id === null ? null : world.get(id);
  if (record === null) return json(404, { message: `The world has no conversation ${text}.` });
  if (event !== 'forget' && isActive(record) === (event === 'revive')) {
    return json(409, {
      message: `Conversation ${record.id} ${event === 'revive' ? 'is active' : 'has ended'}.`,
    });
  }
  switch (event) {
    case 'touch':
      world.touch(record.id, isByAgent(bodyText) ? 'agent' : 'customer', now);
      break;
    case 'end':
      world.endByItself(record.id, now);
      break;
    case 'revive':
      world.revive(record.id, now);
      break;
    case 'forget':
      world.forget(record.id);
      break;
  }
  return json(200, accountOf(record));
}

/** `{"by":"agent"}`; without it the guest is meant. */
function isByAgent(bodyText: string | null): boolean {
  const body = parseJson(bodyText ?? '');
  return typeof body === 'object' && body !== null && 'by' in body && body.by === 'agent';
}
