import diagnostics from 'node:diagnostics_channel';
import type { Fault } from '../../src/simulator/faults.ts';
import type { Night } from '../sweep/night.ts';

/** What a run does over the network. */
export const OPERATIONS = ['read', 'close', 'verify', 'survey', 'token'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** How often the harm is done: to the first request, to the first three, to every one of this run. */
export const TIMES = ['once', 'burst', 'always'] as const;
export type Times = (typeof TIMES)[number];

/**
 * What goes wrong. `refused`: nobody listens. `dns`: the name of the host cannot be resolved. `skewMs`: the remote
 * clock is so far ahead. All else the simulator does to single requests, to those for a token perhaps in another way.
 */
export type Harm =
  | 'refused'
  | 'dns'
  | { readonly skewMs: number }
  | { readonly fault: Fault; readonly tokenFault?: Fault };

const HOW_OFTEN: Readonly<Record<Times, number>> = { once: 1, burst: 3, always: Number.POSITIVE_INFINITY };

/** Ends the harm, and tells to how many requests it was done. */
export type EndHarm = () => Promise<number>;

/** Does it to the requests of one operation: to those of `subject` or, when always, to all. */
export function spoil(
  n: Night,
  { fault, tokenFault = fault }: Extract<Harm, { fault: Fault }>,
  operation: Operation,
  times: Times,
  subject: string,
): EndHarm {
  const most = HOW_OFTEN[times];
  const who = times === 'always' ? n.world.list().map(({ id }) => id) : [subject];
  let done = 0;
  /** The first `most` after as many as are spared. */
  const hook = (what: Fault, spared: number) => (nth: number) => {
    if (nth <= spared || nth > spared + most) return null;
    done++;
    return what;
  };
  if (operation === 'token') n.when('token', null, hook(tokenFault, 0));
  else if (operation === 'survey') n.when('survey', null, hook(fault, 0));
  // The first read is the one that it is decided by.
  else if (operation === 'verify') for (const id of who) n.when('read', id, hook(fault, 1));
  else for (const id of who) n.when(operation, id, hook(fault, 0));
  return async () => {
    n.calm();
    return done;
  };
}

const ANSWERED = 'undici:request:trailers';
const NOT_CONNECTED = 'undici:client:connectError';

/** After which answer nobody listens any more: the next request is the one that this operation begins with. */
const BEFORE: Readonly<Record<Exclude<Operation, 'token'>, (method: string, path: string) => boolean>> = {
  read: (method) => method === 'POST',
  survey: (method) => method === 'POST',
  close: (method, path) => method === 'GET' && path.startsWith('/api/v2/conversations/'),
  verify: (method) => method === 'PATCH',
};

/** Nobody listens from just before the operation on; when `once` again as soon as one attempt has been refused. */
export async function refuse(n: Night, operation: Operation, times: Times): Promise<EndHarm> {
  let isDown = false;
  let wasDown = false;
  let done = 0;
  const goDown = async () => {
    if (isDown) return;
    isDown = true;
    await n.simulator.stop();
  };
  const comeUp = async () => {
    if (!isDown) return;
    isDown = false;
    await n.simulator.start(n.port);
  };
  const onAnswer = (message: unknown) => {
    const { method, path, origin } = (message as { request: Record<'method' | 'path' | 'origin', string> })
      .request;
    if (wasDown || operation === 'token' || Number(new URL(origin).port) !== n.port) return;
    wasDown = BEFORE[operation](method, path);
    if (wasDown) void goDown();
  };
  const onRefusal = (message: unknown) => {
    const { port } = (message as { connectParams: { port: string } }).connectParams;
    if (Number(port) !== n.port) return;
    done++;
    if (times === 'once') void comeUp();
  };
  diagnostics.subscribe(ANSWERED, onAnswer);
  diagnostics.subscribe(NOT_CONNECTED, onRefusal);
  if (operation === 'token') await goDown();
  return async () => {
    diagnostics.unsubscribe(ANSWERED, onAnswer);
    diagnostics.unsubscribe(NOT_CONNECTED, onRefusal);
    await comeUp();
    return done;
  };
}
