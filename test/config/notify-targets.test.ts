import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { fileSettings } from '../../src/config/file.ts';
import { loadNotifyTargets, rethrow } from '../../src/config/notify-targets.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { surroundings } from './surroundings.ts';

const SLACK = 'https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx';
const TEAMS =
  'https://prod-01.westeurope.logic.azure.com/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sig=AbC_dEf-0123456789';
const PREFIX = 'NIGHTSWEEP_NOTIFY_';

function load(env: Record<string, string>, files: Record<string, string> = {}) {
  const secrets = createSecrets();
  const named = Object.fromEntries(Object.entries(env).map(([name, text]) => [PREFIX + name, text]));
  return { secrets, ...loadNotifyTargets({ ...surroundings(files, named), secrets }, rethrow) };
}

async function refusal(fn: () => unknown): Promise<string> {
  try {
    await fn();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('those who are told of nights', () => {
  it('are nobody at first', () => {
    expect(load({})).toMatchObject({ addresses: [], files: [] });
  });

  it('come from the environment, from .env and from files, each address as it is', () => {
    const { addresses, files } = load(
      { SLACK_URL: ` ${SLACK} `, TEAMS_URL_FILE: 'teams.txt' },
      { 'teams.txt': `${TEAMS}\r\n`, '.env': `${PREFIX}HEARTBEAT_URL=https://hc-ping.com/0123-4567\n` },
    );
    expect(addresses.map(({ kind, host, url }) => [kind, host, url.reveal()])).toEqual([
      ['slack', 'hooks.slack.com', SLACK],
      ['teams', 'prod-01.westeurope.logic.azure.com', TEAMS],
      ['heartbeat', 'hc-ping.com', 'https://hc-ping.com/0123-4567'],
    ]);
    expect(files).toEqual([expect.stringMatching(/teams\.txt$/), expect.stringMatching(/\.env$/)]);
  });

  it('show their addresses nowhere, whole or in part', () => {
    const { secrets, addresses } = load({ TEAMS_URL: TEAMS });
    expect(JSON.stringify(addresses)).not.toContain('workflows');
    const { pathname, search } = new URL(TEAMS);
    for (const text of [TEAMS, `connecting to ${pathname}${search}`, 'sig AbC_dEf-0123456789 is wrong']) {
      expect(secrets.redact(text)).not.toMatch(/AbC_dEf|0123456789abcdef/);
    }
    expect(secrets.redact('prod-01.westeurope.logic.azure.com')).toBe('prod-01.westeurope.logic.azure.com');
  });

  it('do not take ordinary words along', () => {
    const { secrets } = load({ WEBHOOK_URL: 'https://example.com/hooks/nightsweep-production' });
    expect(secrets.redact('/srv/nightsweep-production/n.db')).toBe('/srv/nightsweep-production/n.db');
  });

  it('may have a parameter that says nothing of a night, also as a heartbeat', () => {
    const url = 'https://hc-ping.com/0123-4567/nightsweep?create=1';
    expect(load({ HEARTBEAT_URL: url }).addresses[0]?.url.reveal()).toBe(url);
  });

  it('may be on this machine without TLS', () => {
    expect(load({ WEBHOOK_URL: 'http://127.0.0.1:8080/hook' }).addresses[0]?.host).toBe('127.0.0.1:8080');
  });

  it.each([
    [{ SLACK_URL: 'hooks.slack.com/services/T0/B0/s3cret' }, 'SLACK_URL is not a URL'],
    [{ SLACK_URL: 'ftp://hooks.slack.com/s3cret' }, 'SLACK_URL is not a URL'],
    [{ WEBHOOK_URL: 'http://example.com/s3cret' }, 'WEBHOOK_URL would send credentials unencrypted'],
    [{ WEBHOOK_URL: 'https://me:s3cret@example.com/' }, 'WEBHOOK_URL holds more than an address'],
    [{ WEBHOOK_URL: 'https://example.com/#s3cret' }, 'WEBHOOK_URL holds more than an address'],
    [{ TEAMS_URL: `${SLACK}/s3cret` }, `TEAMS_URL is an address of Slack; give it in ${PREFIX}SLACK_URL`],
    [
      { HEARTBEAT_URL: 'https://cronitor.link/p/s3cret/job?state=ok' },
      'HEARTBEAT_URL says how a night went by a parameter (?state=), which is not supported',
    ],
    [{ HEARTBEAT_URL: 'https://kuma.example/api/push/s3cret?msg=OK&status=up' }, '(?status=)'],
    [{ HEARTBEAT_URL: SLACK }, `HEARTBEAT_URL is an address of Slack`],
    [{ WEBHOOK_SECRET: 's3cret' }, `WEBHOOK_SECRET signs nothing without ${PREFIX}WEBHOOK_URL`],
    [
      { SLACK_URL: SLACK, SLACK_URL_FILE: 'x' },
      'SLACK_URL and NIGHTSWEEP_NOTIFY_SLACK_URL_FILE are both set',
    ],
    [{ SLACK_URL_FILE: 'missing.txt' }, 'does not exist'],
    [{ SLACK_URL_FILE: 'wrong.txt' }, 'SLACK_URL_FILE is not a URL'],
  ])('%j is refused in a sentence without the secret', async (env, sentence) => {
    const message = await refusal(() => load(env as Record<string, string>, { 'wrong.txt': 's3cret' }));
    expect(message).toContain(sentence);
    expect(message).not.toMatch(/s3cret|abcdefghij/);
    expect(message).toMatch(/\.$/);
  });

  it('are secrets as soon as the environment is read', () => {
    const secrets = createSecrets();
    readEnvironment({ ...surroundings({}, { [`${PREFIX}SLACK_URL`]: SLACK }), secrets });
    expect(secrets.redact(`see ${SLACK}`)).toBe('see [redacted]');
  });
});

describe('what somebody writes into nightsweep.yaml instead', () => {
  it.each([
    ['notify:\n  webhookUrl: https://x.example/s3cret', 'WEBHOOK_URL'],
    ['notify:\n  url: https://x.example/s3cret', 'WEBHOOK_URL'],
    ['notify:\n  webhook:\n    url: https://x.example/s3cret', 'WEBHOOK_URL'],
    ['notify:\n  webhookSecret: s3cret', 'WEBHOOK_SECRET'],
    ['notify:\n  slack: https://x.example/s3cret', 'SLACK_URL'],
    ['notify.slackUrl: https://x.example/s3cret', 'SLACK_URL'],
    ['notify:\n  teams: [https://x.example/s3cret]', 'TEAMS_URL'],
    ['notify:\n  deadManUrl: https://x.example/s3cret', 'HEARTBEAT_URL'],
    ['notify:\n  healthchecks: https://x.example/s3cret', 'HEARTBEAT_URL'],
  ])('%j is refused, with the place where it belongs', async (yaml, variable) => {
    const message = await refusal(() => fileSettings(surroundings({ 'nightsweep.yaml': yaml }), null));
    expect(message).toContain('does not belong into a settings file, because it is a secret');
    expect(message).toContain(
      `as ${PREFIX}${variable}, or the path of a file that holds it as ${PREFIX}${variable}_FILE.`,
    );
    expect(message).not.toContain('s3cret');
  });

  it('is an unknown setting where it is none of those', async () => {
    const message = await refusal(() =>
      fileSettings(surroundings({ 'nightsweep.yaml': 'notify:\n  onn: x' }), null),
    );
    expect(message).toContain('did you mean notify.on?');
  });
});
