import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { surroundings } from './surroundings.ts';

const QUEUE = '0f8fad5b-d9cb-469f-a165-70867728950e';

const load = async (yaml: string) =>
  (await loadConfig({ ...surroundings({ 'nightsweep.yaml': yaml }), flags: {} })).config;

describe('nightsweep.yaml', () => {
  it.each([
    ['', { concurrency: 10 }],
    ['# only a comment\n', { concurrency: 10 }],
    ['concurrency: 3 # not more\r\napi: "gateway"\r\n', { concurrency: 3, api: 'gateway' }],
    ['survey: off\nmaxCloses: unlimited', { survey: false, maxCloses: Number.POSITIVE_INFINITY }],
    ['budgetShare: 0.10', { budgetShare: 0.1 }],
    [`exemptQueues:\n  - ${QUEUE}\n  - ${QUEUE}\n`, { policy: { exemptQueues: [QUEUE] } }],
    [`exemptQueues: ${QUEUE}`, { policy: { exemptQueues: [QUEUE] } }],
    ['exemptQueues: []', { policy: { exemptQueues: [] } }],
    ['closeReason: |\n  ended at\n  night\n', { closeReason: 'ended at\nnight' }],
    [
      'source:\n  file: /srv/app.db\n  overlap: 10m\n  since: updated_at # a column\n  query: |\n    SELECT *\n    FROM t\n',
      {
        source: {
          file: '/srv/app.db',
          query: 'SELECT *\nFROM t',
          since: 'updated_at',
          overlapMs: 600_000,
        },
      },
    ],
    ['source: { file: /srv/app.db, query: SELECT 1 }', { source: { since: null, overlapMs: 86_400_000 } }],
    ['source.file: /srv/app.db\nsource.query: SELECT 1', { source: { file: '/srv/app.db' } }],
    ['source:\n  file: none\n', { source: null }],
  ])('%j is understood', async (yaml, expected) => {
    expect(await load(yaml)).toMatchObject(expected);
  });

  it.each([
    [
      '# policy\nstale_after: 24h\n',
      'nightsweep.yaml line 2: stale_after is not a setting; did you mean staleAfter?',
    ],
    ['rate: 100', 'nightsweep.yaml line 1: rate is not a setting; did you mean ratePerMinute?'],
    [
      'notify:\n  on: []\n',
      'nightsweep.yaml line 2: notify.on cannot be an empty list (to have nobody told, set no address); give words separated by commas, of failure, refusal, change.',
    ],
    [
      'messageTypes: []',
      'nightsweep.yaml line 1: messageTypes cannot be an empty list (without any, nothing would be closed); give types separated by commas, of webmessaging, whatsapp, sms, open, facebook, instagram, apple, line, telegram, twitter, kakao.',
    ],
    ['NIGHTSWEEP_DB: x', 'nightsweep.yaml line 1: NIGHTSWEEP_DB is not a setting; did you mean db?'],
    ['x: 1', 'nightsweep.yaml line 1: x is not a setting; `nightsweep config` lists those there are.'],
    ['timeout: 10s', 'nightsweep.yaml line 1: timeout is not a setting; did you mean attemptTimeout?'],
    [
      'colour: red',
      'nightsweep.yaml line 1: colour is not a setting; `nightsweep config` lists those there are.',
    ],
    [
      'constructor: 1',
      'nightsweep.yaml line 1: constructor is not a setting; `nightsweep config` lists those there are.',
    ],
    [
      'concurrency: 3\n\nconcurrency: 4\n',
      'nightsweep.yaml line 3: concurrency is already given in nightsweep.yaml line 1; keep one.',
    ],
    [
      'ratePerMinute: 0300x',
      'nightsweep.yaml line 1: ratePerMinute cannot be "0300x"; give a whole number from 1 to 100000.',
    ],
    [
      'api: platform\nstaleAfter: 24\n',
      'nightsweep.yaml line 2: staleAfter cannot be "24" (24 has no unit; did you mean 24h?); give a duration such as 90s, 15m, 24h or 1h30m, from 1m to 3650d.',
    ],
    [
      'exemptQueues:\n# - all commented out\n',
      'nightsweep.yaml line 1: exemptQueues has no value; give ids (UUIDs) separated by commas, or none.',
    ],
    [
      'concurrency: [3]',
      'nightsweep.yaml line 1: concurrency cannot be a list; give a whole number from 1 to 100.',
    ],
    [
      'concurrency:\n  min: 3\n',
      'nightsweep.yaml line 1: concurrency cannot be a mapping or an alias; give a whole number from 1 to 100.',
    ],
    [
      'api: platform\nsource:\n  file: a.db\n  querry: SELECT 1\n',
      'nightsweep.yaml line 4: source.querry is not a setting; did you mean source.query?',
    ],
    [
      'api: platform\nschedul:\n  cron: 0 2 * * *\n',
      'nightsweep.yaml line 2: schedul is not a setting; did you mean schedule?',
    ],
    [
      'schedule:\n  jitter: 25h\n',
      'nightsweep.yaml line 2: schedule.jitter cannot be "25h"; give a duration such as 90s or 15m, shorter than the time between two nights and 24h at most.',
    ],
    [
      'source:\n  staleAfter: 24h\n',
      'nightsweep.yaml line 2: source.staleAfter is not a setting; `nightsweep config` lists those there are.',
    ],
    [
      'source: app.db\n',
      'nightsweep.yaml line 1: source has no value of its own; give file, query, since, overlap in the lines below it, indented.',
    ],
    [
      'source:\n',
      'nightsweep.yaml line 1: source has no value of its own; give file, query, since, overlap in the lines below it, indented.',
    ],
    [
      'source:\n  file: a.db\nsource.file: b.db\n',
      'nightsweep.yaml line 3: source.file is already given in nightsweep.yaml line 2; keep one.',
    ],
    [
      'source:\n  file: [a.db]\n',
      'nightsweep.yaml line 2: source.file cannot be a list; give the path of a SQLite file, or none.',
    ],
    [
      'source:\n  file: a.db\n',
      'source cannot be honoured without source.query; give source.file and source.query together, or neither.',
    ],
    [
      'source:\n  query: SELECT 1\n  since: a\n',
      'source cannot be honoured without source.file; give source.file and source.query together, or neither.',
    ],
    [
      '- staleAfter\n',
      'nightsweep.yaml is not a mapping; write one setting a line, such as "staleAfter: 24h".',
    ],
    [
      'staleAfter 24h',
      'nightsweep.yaml is not a mapping; write one setting a line, such as "staleAfter: 24h".',
    ],
  ])('%j is refused', async (yaml, sentence) => {
    await expect(load(yaml)).rejects.toThrow(new UsageError(sentence));
  });

  it.each([
    ['api: platform\nconcurrency: [1, 2\n', /^nightsweep\.yaml line \d is not valid YAML: .+\.$/],
    ['api: platform\n  concurrency: 3\n', /^nightsweep\.yaml line [12] is not valid YAML: .+\.$/],
    ['api: platform\n---\napi: gateway\n', /^nightsweep\.yaml line [12] is not valid YAML: .+\.$/],
  ])('%j is refused with the line and what YAML says', async (yaml, sentence) => {
    await expect(load(yaml)).rejects.toThrow(sentence);
  });

  it.each(['clientSecret', 'client_secret', 'GENESYS_CLIENT_SECRET', 'clientId', 'password'])(
    'refuses %s without repeating its value, and says where it belongs',
    async (key) => {
      const attempt = () => load(`concurrency: 3\n${key}: hunter2\n`);
      await expect(attempt).rejects.toThrow(
        `nightsweep.yaml line 2: ${key} does not belong into a settings file`,
      );
      await expect(attempt).rejects.toThrow('GENESYS_CLIENT_SECRET_FILE');
      await expect(attempt).rejects.not.toThrow('hunter2');
    },
  );

  it.each([
    ['apiToken', 'NIGHTSWEEP_API_TOKEN'],
    ['api_token', 'NIGHTSWEEP_API_TOKEN'],
    ['NIGHTSWEEP_API_TOKEN', 'NIGHTSWEEP_API_TOKEN'],
    ['webhookSecret', 'NIGHTSWEEP_WEBHOOK_SECRET'],
    ['webhookToken', 'NIGHTSWEEP_WEBHOOK_TOKEN'],
    ['notifySlackUrl', 'NIGHTSWEEP_NOTIFY_SLACK_URL'],
  ])('says of %s that it is given as %s', async (key, variable) => {
    await expect(load(`concurrency: 3\n${key}: hunter2\n`)).rejects.toThrow(
      new UsageError(
        `nightsweep.yaml line 2: ${key} does not belong into a settings file, because it is a secret; give it in the environment as ${variable}, or the path of a file that holds it as ${variable}_FILE.`,
      ),
    );
  });

  it.each([
    'clientSecret: "hunter2\n',
    'clientSecret: hunter2\n hunter2: - hunter2 : {\n',
    'clientSecret: "x" hunter2\n',
    'clientSecret: |hunter2\n',
    'clientSecret: "\\xhunter2"\n',
    'clientSecret: !!map hunter2\n',
    '} hunter2',
  ])('repeats nothing of the file when it is not valid: %j', async (yaml) => {
    await expect(load(yaml)).rejects.toThrow(UsageError);
    await expect(load(yaml)).rejects.not.toThrow('hunter2');
  });
});

describe('the path of the settings file', () => {
  const files = {
    'a.yaml': 'concurrency: 3',
    'b.yaml': 'concurrency: 4',
    'nightsweep.yaml': 'concurrency: 5',
  };

  it('is that of --config, else of NIGHTSWEEP_CONFIG, else nightsweep.yaml', async () => {
    const named = surroundings(files, { NIGHTSWEEP_CONFIG: 'b.yaml' });
    expect((await loadConfig({ ...named, flags: {}, configFile: 'a.yaml' })).config.concurrency).toBe(3);
    expect((await loadConfig({ ...named, flags: {} })).config.concurrency).toBe(4);
    expect((await loadConfig({ ...named, env: {}, flags: {}, configFile: null })).config.concurrency).toBe(5);
  });

  it('may be given in .env', async () => {
    const here = surroundings({ ...files, '.env': 'NIGHTSWEEP_CONFIG=b.yaml' });
    expect((await loadConfig({ ...here, flags: {} })).config.concurrency).toBe(4);
  });

  it('must exist when it is named', async () => {
    const here = surroundings(files);
    await expect(loadConfig({ ...here, flags: {}, configFile: 'c.yaml' })).rejects.toThrow(
      new UsageError('The settings file c.yaml (from --config) does not exist; correct the path.'),
    );
    await expect(loadConfig({ ...here, flags: {}, env: { NIGHTSWEEP_CONFIG: 'c.yaml' } })).rejects.toThrow(
      new UsageError('The settings file c.yaml (from NIGHTSWEEP_CONFIG) does not exist; correct the path.'),
    );
  });

  it('must be that of a file, also when it is the default one', async () => {
    const here = surroundings();
    mkdirSync(join(here.cwd, 'nightsweep.yaml'));
    await expect(loadConfig({ ...here, flags: {} })).rejects.toThrow(
      new UsageError('The settings file nightsweep.yaml cannot be read (EISDIR); make it a readable file.'),
    );
  });
});
