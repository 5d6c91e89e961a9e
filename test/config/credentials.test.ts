import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadCredentials } from '../../src/config/credentials.ts';
import { Secret } from '../../src/config/secret.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { surroundings } from './surroundings.ts';

const ID = { GENESYS_CLIENT_ID: 'the-id' };
const BOTH = { ...ID, GENESYS_CLIENT_SECRET: 'hunter2' };

const load = (env: Record<string, string>, files: Record<string, string> = {}) =>
  loadCredentials(surroundings(files, env));

describe('credentials', () => {
  it('come from the environment, for the default region', () => {
    const { clientSecret, ...rest } = load(BOTH);
    expect(clientSecret.reveal()).toBe('hunter2');
    expect(rest).toEqual({
      clientId: 'the-id',
      environmentHost: 'mypurecloud.com',
      loginUrl: 'https://login.mypurecloud.com',
      apiUrl: 'https://api.mypurecloud.com',
      secretFiles: [],
    });
  });

  it("come from the names of Genesys's own tools, where ours are not set", () => {
    const fallbacks = {
      GENESYSCLOUD_OAUTHCLIENT_ID: 'their-id',
      GENESYSCLOUD_OAUTHCLIENT_SECRET: 'theirs',
      GENESYSCLOUD_REGION: 'eu-central-1',
    };
    const theirs = load(fallbacks);
    expect([theirs.clientId, theirs.clientSecret.reveal(), theirs.environmentHost]).toEqual([
      'their-id',
      'theirs',
      'mypurecloud.de',
    ]);
    const ours = load({ ...fallbacks, ...BOTH, GENESYS_ENVIRONMENT: 'mypurecloud.ie' });
    expect([ours.clientId, ours.clientSecret.reveal(), ours.environmentHost]).toEqual([
      'the-id',
      'hunter2',
      'mypurecloud.ie',
    ]);
  });

  it('come from .env, below the real environment', () => {
    const dotEnv = 'GENESYS_CLIENT_ID=other\nGENESYS_CLIENT_SECRET="hunter2"\n';
    const { clientId, clientSecret } = load(ID, { '.env': dotEnv });
    expect([clientId, clientSecret.reveal()]).toEqual(['the-id', 'hunter2']);
  });

  it.each([
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    [' hunter 2 ', ' hunter 2 '],
  ])('take the secret of a file, %j without the newline at its end', (text, secret) => {
    const env = { ...ID, GENESYS_CLIENT_SECRET_FILE: 'secret.txt' };
    expect(load(env, { 'secret.txt': text }).clientSecret.reveal()).toBe(secret);
  });

  it('take the id of a file too', () => {
    const env = { GENESYS_CLIENT_ID_FILE: 'id.txt', GENESYS_CLIENT_SECRET: 'hunter2' };
    expect(load(env, { 'id.txt': 'the-id\n' }).clientId).toBe('the-id');
  });

  it('tell which files hold the secret', () => {
    const here = surroundings({ '.env': 'GENESYS_CLIENT_SECRET=hunter2', s: 'x', i: 'the-id' });
    const files = (env: Record<string, string>) => loadCredentials({ ...here, env }).secretFiles;
    expect(files(ID)).toEqual([join(here.cwd, '.env')]);
    expect(files({ GENESYS_CLIENT_ID_FILE: 'i', GENESYS_CLIENT_SECRET: 'y' })).toEqual([]);
    const emptied = { ...ID, GENESYS_CLIENT_SECRET: '', GENESYS_CLIENT_SECRET_FILE: 's' };
    expect(files(emptied)).toEqual([join(here.cwd, 's')]);
  });

  it.each([
    ['the environment', { ...ID, GENESYS_CLIENT_SECRET: 'correct-horse' }, {}],
    ['the name of another tool', { ...ID, GENESYSCLOUD_OAUTHCLIENT_SECRET: 'correct-horse' }, {}],
    ['.env', ID, { '.env': 'GENESYS_CLIENT_SECRET=correct-horse' }],
    ['a file', { ...ID, GENESYS_CLIENT_SECRET_FILE: 's' }, { s: 'correct-horse\n' }],
  ])('of %s are redacted from then on, also in their Basic form', (_, env, files) => {
    const secrets = createSecrets();
    loadCredentials({ ...surroundings(files, env), secrets });
    const basic = Buffer.from('the-id:correct-horse').toString('base64');
    expect(secrets.redact(`correct-horse Basic ${basic}`)).toBe('[redacted] Basic [redacted]');
  });

  it('are redacted also in the error about something else that is wrong', () => {
    const secrets = createSecrets();
    const env = { ...ID, GENESYS_CLIENT_SECRET: 'correct-horse', GENESYS_ENVIRONMENT: 'correct-horse' };
    expect(() => loadCredentials({ ...surroundings({}, env), secrets })).toThrow('correct-horse');
    expect(secrets.redact('correct-horse')).toBe('[redacted]');
  });

  const ADVICE = 'in the environment or in .env, or try `nightsweep demo`, which works without.';
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    [
      'nothing',
      {},
      {},
      `The credentials for Genesys Cloud are not complete: set GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE) ${ADVICE}`,
    ],
    [
      'no secret',
      ID,
      {},
      `The credentials for Genesys Cloud are not complete: set GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE) ${ADVICE}`,
    ],
    [
      'no id',
      { ...BOTH, GENESYS_CLIENT_ID: '' },
      {},
      `The credentials for Genesys Cloud are not complete: set GENESYS_CLIENT_ID ${ADVICE}`,
    ],
    [
      'two secrets',
      { ...BOTH, GENESYS_CLIENT_SECRET_FILE: 's' },
      { s: 'x' },
      'GENESYS_CLIENT_SECRET and GENESYS_CLIENT_SECRET_FILE are both set; unset one.',
    ],
    [
      'two ids',
      { ...BOTH, GENESYS_CLIENT_ID_FILE: 'i' },
      { i: 'x' },
      'GENESYS_CLIENT_ID and GENESYS_CLIENT_ID_FILE are both set; unset one.',
    ],
    [
      'an empty file for the id',
      { GENESYS_CLIENT_SECRET: 'x', GENESYS_CLIENT_ID_FILE: 'i' },
      { i: ' \n' },
      'The file i of GENESYS_CLIENT_ID_FILE is empty; write the client id into it.',
    ],
    [
      'a secret file that is missing',
      { ...ID, GENESYS_CLIENT_SECRET_FILE: 's' },
      {},
      'The file s of GENESYS_CLIENT_SECRET_FILE does not exist; correct the path.',
    ],
    [
      'a secret file that is a directory',
      { ...ID, GENESYS_CLIENT_SECRET_FILE: '.' },
      {},
      'The file . of GENESYS_CLIENT_SECRET_FILE cannot be read (EISDIR); make it a readable file.',
    ],
    [
      'an empty secret file',
      { ...ID, GENESYS_CLIENT_SECRET_FILE: 's' },
      { s: '\n' },
      'The file s of GENESYS_CLIENT_SECRET_FILE is empty; write the client secret into it.',
    ],
    [
      'a region with a typing error',
      { ...BOTH, GENESYS_ENVIRONMENT: 'mypurecloud.dee' },
      {},
      'GENESYS_ENVIRONMENT: "mypurecloud.dee" is not a region of Genesys Cloud; did you mean mypurecloud.de? Give its host, or the AWS name of a known region.',
    ],
  ])('are refused with one sentence: %s', (_case, env, files, sentence) => {
    expect(() => load(env, files)).toThrow(new UsageError(sentence));
  });
});

describe('an overridden URL', () => {
  it.each([
    ['https://gateway.example.com/genesys/', 'https://gateway.example.com/genesys'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.9.9.9:1/', 'http://127.9.9.9:1'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is taken', (url, taken) => {
    expect(load({ ...BOTH, GENESYS_API_URL: url, GENESYS_LOGIN_URL: url })).toMatchObject({
      apiUrl: taken,
      loginUrl: taken,
    });
  });

  const UNENCRYPTED = 'would send credentials unencrypted to';
  const MORE = 'holds more than an address; give a URL without user, password, query or fragment.';
  it.each([
    ['api.example.com', 'is not a URL; give one such as https://api.example.com.'],
    ['localhost:8080', 'is not a URL; give one such as https://api.example.com.'],
    ['ftp://127.0.0.1', 'is not a URL; give one such as https://api.example.com.'],
    [
      'http://api.example.com',
      `${UNENCRYPTED} api.example.com; use https: (http: is for this machine only).`,
    ],
    [
      'http://127.0.0.1.example.com',
      `${UNENCRYPTED} 127.0.0.1.example.com; use https: (http: is for this machine only).`,
    ],
    ['http://0.0.0.0', `${UNENCRYPTED} 0.0.0.0; use https: (http: is for this machine only).`],
    ['https://me:hunter2@example.com', MORE],
    ['https://example.com/?key=hunter2', MORE],
    ['https://example.com/#hunter2', MORE],
  ])('%s is refused', (url, sentence) => {
    for (const variable of ['GENESYS_API_URL', 'GENESYS_LOGIN_URL']) {
      expect(() => load({ ...BOTH, [variable]: url })).toThrow(new UsageError(`${variable} ${sentence}`));
    }
  });
});

describe('a secret', () => {
  const credentials = { clientSecret: new Secret('hunter2') };

  it.each([
    ['JSON', JSON.stringify(credentials)],
    ['inspect', inspect(credentials, { showHidden: true, depth: null, customInspect: true })],
    ['inspect without custom forms', inspect(credentials, { showHidden: true, customInspect: false })],
    ['a template', `${credentials.clientSecret}`],
    ['concatenation', `x${String(credentials.clientSecret)}`],
    ['its own keys', JSON.stringify(Object.entries(credentials.clientSecret))],
  ])('does not show in %s', (_form, text) => {
    expect(text).not.toContain('hunter2');
  });

  it('says that it is one, and reveals itself to who asks', () => {
    expect(JSON.stringify(credentials)).toBe('{"clientSecret":"[redacted]"}');
    expect(inspect(credentials)).toContain('[redacted]');
    expect(credentials.clientSecret.reveal()).toBe('hunter2');
  });
});
