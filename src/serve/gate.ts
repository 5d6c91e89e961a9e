import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { HOUR, type Instant, MINUTE } from '../domain/time.ts';
import { HttpProblem } from './problem.ts';
import type { Call } from './route.ts';
import { isLoopback } from './server.ts';
import { createSessions } from './sessions.ts';
import { tokenGuard } from './token.ts';

type Headers = Call<unknown>['headers'];

/** `session`: by its cookie. `token`: by its header. `open`: nobody needs to show anything. `stranger`: has shown nothing. */
export type Visitor = 'session' | 'token' | 'open' | 'stranger';

/** Who may see pages. */
export interface Gate {
  readonly needsLogin: boolean;
  /** Throws HttpProblem 401 for a wrong token, 403 for a name by which nobody calls this machine. */
  visitor(headers: Headers): Visitor;
  /** The cookie of a new session, if the token is right; null: it is not. Throws HttpProblem 403 and 429. */
  logIn(headers: Headers, token: string): string | null;
  /** The cookie that takes the session away. Throws HttpProblem 403. */
  logOut(headers: Headers): string;
}

export interface GateOptions {
  /** Null: none is configured, so that this is a machine's own affair. */
  readonly revealToken: (() => string) | null;
  /** Names by which this machine is called, besides those of loopback. */
  readonly hosts: readonly string[];
  readonly now: () => Instant;
}

export const SESSION_MS = 12 * HOUR;
const MOST_SESSIONS = 1_000;
/** Wrong tokens within a minute, of all clients together; beyond them none is looked at. */
const MOST_WRONG = 10;

export function createGate({ revealToken, hosts, now }: GateOptions): Gate {
  const demandToken = tokenGuard(revealToken);
  const sessions = createSessions({ now, lifetimeMs: SESSION_MS, most: MOST_SESSIONS });
  // Cookies are shared by all ports of a host: another server on this machine must not take ours away.
  const name = `nightsweep_${randomBytes(4).toString('hex')}`;
  const own = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);
  let wrong: Instant[] = [];

  function demandOwnHost(host: string): void {
    const called = hostnameOf(host);
    if (own.has(called) || (isIP(called) !== 0 && isLoopback(called))) return;
    // A page of another site that has its own name lead here (DNS rebinding).
    throw new HttpProblem(
      403,
      'foreign_host',
      `The pages are not served as ${JSON.stringify(called)}; open them as localhost, or set a token.`,
    );
  }

  function demandFewWrong(): void {
    wrong = wrong.filter((at) => at > now() - MINUTE && at <= now());
    if (wrong.length < MOST_WRONG) return;
    throw new HttpProblem(429, 'too_many_tries', 'Too many wrong tokens were given; try again in a minute.', {
      headers: { 'retry-after': String(MINUTE / 1000) },
    });
  }

  const cookie = (headers: Headers, value: string, maxAgeMs: number) => {
    // To believe it takes nothing from anybody: it can only make the cookie harder to read.
    const secure = firstOf(headers['x-forwarded-proto']).split(',')[0]?.trim() === 'https' ? '; Secure' : '';
    return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeMs / 1000}${secure}`;
  };

  return {
    needsLogin: revealToken !== null,
    visitor: (headers) => {
      if (revealToken === null) {
        demandOwnHost(firstOf(headers.host));
        return 'open';
      }
      const authorization = firstOf(headers.authorization);
      if (authorization !== '') {
        demandToken(authorization);
        return 'token';
      }
      const id = cookieOf(headers, name);
      return id !== null && sessions.isOpen(id) ? 'session' : 'stranger';
    },
    logIn: (headers, token) => {
      demandOwnPage(headers);
      demandFewWrong();
      try {
        demandToken(`Bearer ${token}`);
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error;
        wrong.push(now());
        return null;
      }
      return cookie(headers, sessions.begin(), SESSION_MS);
    },
    logOut: (headers) => {
      demandOwnPage(headers);
      const id = cookieOf(headers, name);
      if (id !== null) sessions.end(id);
      return cookie(headers, '', 0);
    },
  };
}

/** A form on another site's page must not log anybody in or out. */
function demandOwnPage(headers: Headers): void {
  const site = firstOf(headers['sec-fetch-site']);
  const origin = firstOf(headers.origin);
  // The browser's own word is the better one; it says it over https and to loopback only.
  const isOwn =
    site !== ''
      ? site === 'same-origin' || site === 'none'
      : origin === '' ||
        (URL.canParse(origin) && new URL(origin).host === firstOf(headers.host).toLowerCase());
  if (!isOwn) throw new HttpProblem(403, 'foreign_page', 'This was sent from a page of another site.');
}

function cookieOf(headers: Headers, name: string): string | null {
  const pairs = firstOf(headers.cookie)
    .split(';')
    .map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

function firstOf(header: Headers[string]): string {
  return (typeof header === 'string' ? header : header?.[0]) ?? '';
}

/** `[::1]:8088` → `::1` */
function hostnameOf(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}
