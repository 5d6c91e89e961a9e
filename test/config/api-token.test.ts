import { describe, expect, it } from 'vitest';
import { loadApiToken } from '../../src/config/api-token.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { surroundings } from './surroundings.ts';

const TOKEN = '0123456789abcdef';
const load = (env: Record<string, string>, files: Record<string, string> = {}) =>
  loadApiToken(surroundings(files, env));

describe('the token of the server', () => {
  it('is none where nothing is set', () => {
    expect(load({})).toBeNull();
    expect(load({ NIGHTSWEEP_API_TOKEN: ' ' })).toBeNull();
  });

  it.each([
    ['the environment', { NIGHTSWEEP_API_TOKEN: TOKEN }, {}],
    ['.env', {}, { '.env': `NIGHTSWEEP_API_TOKEN=${TOKEN}\n` }],
    ['a file', { NIGHTSWEEP_API_TOKEN_FILE: 'token.txt' }, { 'token.txt': `${TOKEN}\r\n` }],
  ])('comes from %s, and is a secret from then on', (_where, env, files) => {
    const around = { ...surroundings(files, env), secrets: createSecrets() };
    expect(loadApiToken(around)?.token.reveal()).toBe(TOKEN);
    expect(around.secrets.redact(`x ${TOKEN}`)).toBe('x [redacted]');
  });

  it.each([
    ['too short', 'hunter2'],
    ['not for a header', 'sixteen and more letters'],
    ['not of ASCII', 'sixteen-and-more-é-letters'],
  ])('that is %s is refused, and not repeated', (_what, token) => {
    const attempt = () => load({ NIGHTSWEEP_API_TOKEN: token });
    expect(attempt).toThrow(/^The token of NIGHTSWEEP_API_TOKEN must have 16 characters at least/);
    expect(attempt).not.toThrow(token);
  });

  it.each([
    [{ NIGHTSWEEP_API_TOKEN: TOKEN, NIGHTSWEEP_API_TOKEN_FILE: 'x' }, 'are both set; unset one.'],
    [{ NIGHTSWEEP_API_TOKEN_FILE: 'x' }, 'The file x of NIGHTSWEEP_API_TOKEN_FILE does not exist'],
  ])('of %j is refused', (env, sentence) => {
    expect(() => load(env)).toThrow(sentence);
  });
});
