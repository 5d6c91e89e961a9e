import type { Dashboard } from '../../dashboard/dashboard.ts';
import { renderLogin, renderStep, renderTrouble } from '../../dashboard/html/page.ts';
import { BusyError, DatabaseError } from '../../domain/errors.ts';
import type { Log } from '../../sweep/ports.ts';
import type { Gate } from '../gate.ts';
import { PAGE_HEADERS, wantsPage } from '../page-answer.ts';
import { HttpProblem } from '../problem.ts';
import type { Answer, Call, Route } from '../route.ts';

export interface PageDeps {
  readonly dashboard: Dashboard;
  readonly gate: Gate;
  readonly log: Log;
}

type Headers = Call<unknown>['headers'];

/** The pages for people; no part of what programs use, so they are not in `/openapi.json`. They only read. */
export function pageRoutes({ dashboard, gate, log }: PageDeps): Route[] {
  const common = { isPublic: true, replies: {}, problems: [] } as const;

  async function show(headers: Headers): Promise<Answer> {
    const visitor = gate.visitor(headers);
    if (visitor === 'stranger') return askToLogIn(headers);
    try {
      const look = await dashboard.look();
      const fresh = { etag: look.etag, 'x-as-of': look.asOf, age: String(look.ageSeconds) };
      if (matches(headers, look.etag))
        return { status: 304, body: '', headers: { ...PAGE_HEADERS, ...fresh } };
      return page(200, look.render(visitor === 'session'), fresh);
    } catch (error) {
      if (!(error instanceof DatabaseError) || !wantsPage(headers)) throw error;
      log.warn(`The dashboard cannot be shown: ${error.message}`);
      return page(503, renderTrouble(reasonOf(error), dashboard.name), {
        'retry-after': '5',
      });
    }
  }

  async function logIn({ headers, body }: Call<Buffer>): Promise<Answer> {
    if (!gate.needsLogin) return to('/');
    const token = new URLSearchParams(body.toString('utf8')).get('token')?.trim() ?? '';
    try {
      const cookie = gate.logIn(headers, token);
      if (cookie !== null) return to('/', { 'set-cookie': cookie });
    } catch (error) {
      if (!(error instanceof HttpProblem) || error.status !== 429) throw error;
      return page(429, renderLogin(error.message, dashboard.name), error.headers);
    }
    log.warn('A wrong token was given at the login page of the dashboard.');
    return page(401, renderLogin('This is not the token.', dashboard.name), {
      'www-authenticate': 'Bearer realm="nightsweep"',
    });
  }

  return [
    {
      ...common,
      ...{ method: 'GET', path: '/', operationId: 'getDashboard', summary: 'The dashboard.', body: null },
      answer: ({ headers }) => show(headers),
    },
    {
      ...common,
      ...{
        method: 'GET',
        path: '/login',
        operationId: 'getLogin',
        summary: 'Asks for the token.',
        body: null,
      },
      answer: ({ headers }) =>
        gate.visitor(headers) === 'stranger' ? page(200, renderLogin(null, dashboard.name)) : to('/'),
    },
    {
      ...common,
      ...{
        method: 'POST',
        path: '/login',
        operationId: 'logIn',
        summary: 'Begins a session.',
        body: 'bytes',
      },
      answer: logIn,
    },
    {
      ...common,
      ...{ method: 'POST', path: '/logout', operationId: 'logOut', summary: 'Ends it.', body: 'bytes' },
      answer: ({ headers }) => to('/login', { 'set-cookie': gate.logOut(headers) }),
    },
  ];
}

/** What it is, without a word of the error itself, which may name places. */
function reasonOf(error: DatabaseError): string {
  return error instanceof BusyError
    ? 'Another program keeps the database locked.'
    : 'The database cannot be used; the log of the server says why.';
}

/** A browser is shown the way; any other client is told what is missing. */
function askToLogIn(headers: Headers): Answer {
  if (!wantsPage(headers)) {
    throw new HttpProblem(401, 'unauthorized', 'Send the token, as Authorization: Bearer TOKEN.', {
      headers: { 'www-authenticate': 'Bearer realm="nightsweep"' },
    });
  }
  // It may have a session all the same: its cookie is held back on the way from another site, and comes with the next step.
  return headers['sec-fetch-site'] === 'cross-site' ? page(200, renderStep()) : to('/login');
}

function page(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  return { status, body, headers: { ...PAGE_HEADERS, ...headers } };
}

function to(location: string, headers: Answer['headers'] = {}): Answer {
  return { status: 303, body: '', headers: { location, ...headers } };
}

function matches(headers: Headers, etag: string): boolean {
  const known = String(headers['if-none-match'] ?? '');
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag.replace(/^W\//, ''));
}
