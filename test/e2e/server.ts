import { once } from 'node:events';
import { Agent } from 'undici';
import { exchange, type Said, type Sent, TOKEN } from '../serve/running.ts';
import type { Child } from './child.ts';
import type { Place } from './place.ts';

/** The built program that serves in a child. */
export interface Serving {
  readonly child: Child;
  readonly url: string;
  send(method: string, path: string, sent?: Sent): Promise<Said>;
}

/** Starts `serve` on any free port, with the token of the tests; it is killed when the place is left. */
export async function serveIn(place: Place, ...argv: string[]): Promise<Serving> {
  place.env.NIGHTSWEEP_API_TOKEN ??= TOKEN;
  const child = place.start('serve', '--port', '0', '--json', ...argv);
  const [line] = await once(child.process.stdout, 'data');
  const { url } = JSON.parse(line);
  const agent = new Agent();
  child.ended.finally(() => agent.destroy());
  return { child, url, send: (method, path, sent) => exchange(agent, `${url}${path}`, method, sent) };
}
