import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonReply, type Received, scriptedServer } from '../helpers/scripted-server.ts';
import { CLIENT } from './child.ts';
import { aPlace, type Place } from './place.ts';
import { idOf, map, mappingOf, stale } from './world.ts';

/** Where `startChild` looks for it. */
const TOKEN = 'simulated-token-echoed';
const DENIED = `you sent ${TOKEN}`;

/** A remote side that repeats, wherever it can, what it was sent. */
async function echo(place: Place, api: (request: Received, said: string) => ReturnType<typeof jsonReply>) {
  const { url } = await scriptedServer((request) => {
    if (request.path === '/oauth/token') return jsonReply({ access_token: TOKEN, expires_in: 86_400 });
    return api(request, String(request.headers.authorization));
  });
  Object.assign(place.env, { GENESYS_API_URL: url, GENESYS_LOGIN_URL: url });
}

describe('a remote side that repeats what it was sent', () => {
  // That no secret is anywhere in the output or in a file is looked at after every command.
  it('is redacted in every outcome, message and command', async () => {
    const place = await aPlace();
    map(place, 3);
    await echo(place, (_, said) =>
      jsonReply({ code: said, contextId: said, message: said, messageParams: { permission: said } }, 409, {
        'inin-correlation-id': said,
      }),
    );
    const { code, stdout } = await place.run('sweep', '--verbose');
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining('3') });
    expect(place.query('SELECT DISTINCT error_code, correlation_id FROM outcomes')).toEqual([
      { error_code: 'Bearer [redacted]', correlation_id: 'Bearer [redacted]' },
    ]);
    expect((await place.runHere('runs', '1')).stdout).toContain('[redacted]');
    expect((await place.runHere('explain', idOf(1), '--verbose')).stderr).toContain('[redacted]');
  });

  it('as the name of an organisation, a queue and a kind of message is redacted too', async () => {
    const place = await aPlace();
    map(place, 1);
    await echo(place, ({ path }) => {
      if (path === '/api/v2/tokens/me') {
        return jsonReply({ organization: { id: TOKEN, name: TOKEN }, OAuthClient: { name: TOKEN } });
      }
      const customer = { purpose: 'customer', state: 'connected', type: TOKEN, queue: { id: TOKEN } };
      return jsonReply({ id: idOf(1), participants: [customer], divisions: [{ division: { id: TOKEN } }] });
    });
    expect((await place.runHere('doctor')).stdout).toContain('[redacted]');
    expect((await place.runHere('explain', idOf(1), '--json')).json.facts.genesys.queues).toEqual([
      '[redacted]',
    ]);
    expect((await place.runHere('sweep', '--dry-run', '--out', 'list.csv')).code).toBe(0);
    expect(place.query('SELECT queue_id FROM outcomes')).toEqual([{ queue_id: '[redacted]' }]);
  });

  it('when it refuses the credentials, is redacted in the error', async () => {
    const place = await aPlace();
    map(place, 1);
    const { url } = await scriptedServer(({ headers }) =>
      jsonReply({ error: `${headers.authorization} ${CLIENT.clientSecret} ${DENIED}` }, 401),
    );
    Object.assign(place.env, { GENESYS_API_URL: url, GENESYS_LOGIN_URL: url });
    place.env.GENESYS_CLIENT_SECRET_FILE = place.file('secret.txt', `${CLIENT.clientSecret}\n`);
    delete place.env.GENESYS_CLIENT_SECRET;
    const { code, stderr } = await place.run('close', idOf(1));
    expect(code).toBe(4);
    expect(stderr).toContain('(Basic [redacted] [redacted] you sent');
  });
});

describe.skipIf(process.platform === 'win32')('files', () => {
  const modeOf = (place: Place, name: string) => statSync(join(place.dir, name)).mode & 0o777;

  it('that are written are their owner’s alone', async () => {
    const place = await aPlace({ conversations: stale(2) });
    place.file('mapping.csv', mappingOf(2));
    place.file('ids.csv', `${idOf(1)}\n`);
    await place.runHere('import', 'mapping', 'mapping.csv');
    await place.runHere('sweep', '--dry-run', '--out', 'list.csv');
    await place.runHere('import', 'closes', 'ids.csv', '--now', '--results', 'results.csv');
    await place.runHere('report', '--format', 'csv', '--out', 'report.csv');
    await place.runHere('db', 'backup', 'copy.db');
    const given = ['mapping.csv', 'ids.csv'];
    const written = readdirSync(place.dir).filter((name) => !given.includes(name));
    expect(written).toEqual(
      expect.arrayContaining([
        'copy.db',
        'list.csv',
        'nightsweep.db',
        'nightsweep.db-lock',
        'report.csv',
        'results.csv',
      ]),
    );
    expect(written.filter((name) => modeOf(place, name) !== 0o600)).toEqual([]);
  });

  it('that hold a secret or the record and are open to others are warned of, once each', async () => {
    const place = await aPlace({ conversations: stale(1) });
    map(place, 1);
    place.file('.env', `GENESYS_CLIENT_SECRET=${CLIENT.clientSecret}\n`);
    delete place.env.GENESYS_CLIENT_SECRET;
    chmodSync(join(place.dir, '.env'), 0o640);
    chmodSync(place.database, 0o644);
    const { code, stderr } = await place.runHere('sweep', '--quiet');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `warning: The file with the client secret ${join(place.dir, '.env')} is open to others (mode 0640); make it yours alone: chmod 600 ${join(place.dir, '.env')}\n` +
        `warning: The database ${place.database} is open to others (mode 0644); make it yours alone: chmod 600 ${place.database}\n`,
    );
    chmodSync(join(place.dir, '.env'), 0o600);
    chmodSync(place.database, 0o600);
    expect((await place.runHere('sweep', '--quiet')).stderr).toBe('');
  });
});
