import { describe, expect, it } from 'vitest';
import { describeCredentials, describeSettings, settingsMarkdown } from '../../src/config/describe.ts';
import { loadConfig } from '../../src/config/load.ts';
import { SETTING_KEYS } from '../../src/config/settings.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { surroundings } from './surroundings.ts';

describe('the settings in force', () => {
  const rows = async (yaml: string, flags: Record<string, unknown> = {}) =>
    describeSettings(await loadConfig({ ...surroundings({ 'nightsweep.yaml': yaml }), flags }));

  it('are one row for each setting, with value, origin, unit and what it does', async () => {
    const table = await rows('maxDuration: 90m', { 'max-closes': 'unlimited' });
    expect(table.map(({ key }) => key)).toEqual(SETTING_KEYS);
    expect(table.find(({ key }) => key === 'maxDuration')).toEqual({
      key: 'maxDuration',
      value: '1h30m',
      origin: 'file',
      unit: 'duration',
      flag: '--max-duration',
      variable: 'NIGHTSWEEP_MAX_DURATION',
      description: 'How long one run may take before it stops in good order.',
    });
    expect(table.find(({ key }) => key === 'maxCloses')).toMatchObject({
      value: 'unlimited',
      origin: 'flag',
    });
  });

  it('show the time with an agent as it is in force, not as it was given', async () => {
    const row = (await rows('staleAfter: 7d\nstaleAfterWithAgent: 1h')).find(
      ({ key }) => key === 'staleAfterWithAgent',
    );
    expect(row).toMatchObject({ value: '7d', origin: 'file' });
  });

  it('can be given back as a settings file and mean the same', async () => {
    const first = await rows('staleAfter: 36h\nbudgetShare: 0.5\nmaxCloses: unlimited\nsurvey: no');
    const yaml = first.map(({ key, value }) => `${key}: ${value}`).join('\n');
    expect((await rows(yaml)).map(({ value }) => value)).toEqual(first.map(({ value }) => value));
  });
});

describe('the credentials in force', () => {
  it('show what is set and where it leads, and never the secret', () => {
    const env = {
      GENESYS_CLIENT_ID: 'the-id',
      GENESYS_CLIENT_SECRET: 'hunter2',
      GENESYS_ENVIRONMENT: 'eu-west-1',
      GENESYS_API_URL: 'http://localhost:1',
    };
    const rows = describeCredentials(surroundings({}, env));
    expect(rows.map(({ key, value, origin }) => [key, value, origin])).toEqual([
      ['clientId', 'the-id', 'environment'],
      ['clientIdFile', null, 'default'],
      ['clientSecret', '[redacted]', 'environment'],
      ['clientSecretFile', null, 'default'],
      ['environment', 'mypurecloud.ie', 'environment'],
      ['apiUrl', 'http://localhost:1', 'environment'],
      ['loginUrl', 'https://login.mypurecloud.ie', 'default'],
    ]);
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  it('may be missing', () => {
    const rows = describeCredentials(surroundings());
    expect(rows.map(({ value }) => value)).toEqual([
      null,
      null,
      null,
      null,
      'mypurecloud.com',
      'https://api.mypurecloud.com',
      'https://login.mypurecloud.com',
    ]);
  });

  it('do not show a URL that holds a password', () => {
    const here = surroundings({}, { GENESYS_API_URL: 'https://me:hunter2@example.com' });
    expect(() => describeCredentials(here)).toThrow(UsageError);
    expect(() => describeCredentials(here)).not.toThrow('hunter2');
  });
});

describe("the README's table", () => {
  it('has a line for each setting below its head', () => {
    const lines = settingsMarkdown().trimEnd().split('\n');
    expect(lines[0]).toBe('| setting | flag | environment | default | unit | what it does |');
    expect(lines).toHaveLength(SETTING_KEYS.length + 2);
    expect(lines).toContain(
      '| `staleAfter` | `--stale-after` | `NIGHTSWEEP_STALE_AFTER` | `24h` | duration | A conversation is stale when neither side was active for this long. |',
    );
    expect(lines.every((line) => line.split('|').length === 8)).toBe(true);
  });
});
