import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { surroundings } from './surroundings.ts';

interface Given {
  readonly file?: string;
  readonly dotEnv?: string;
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, unknown>;
}

function load({ file, dotEnv, env = {}, flags = {} }: Given = {}) {
  const files = {
    ...(file === undefined ? {} : { 'nightsweep.yaml': file }),
    ...(dotEnv === undefined ? {} : { '.env': dotEnv }),
  };
  return loadConfig({ ...surroundings(files, env), flags });
}

const QUEUE = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('the configuration', () => {
  it('without any source is the documented defaults', async () => {
    const { config, origins } = await load();
    expect(config).toEqual({
      db: 'data/nightsweep.db',
      schedule: { cron: null, timeZone: null, jitterMs: 0, catchUp: false },
      source: null,
      api: 'platform',
      survey: true,
      policy: {
        staleAfterMs: 24 * HOUR,
        staleAfterWithAgentMs: 24 * HOUR,
        awaitingAgent: 'keep',
        exemptQueues: [],
        exemptDivisions: [],
        platformTimerGraceMs: 12 * HOUR,
        messageTypes: ['webmessaging'],
      },
      closeReason: null,
      ratePerMinute: 300,
      budgetShare: 1,
      concurrency: 10,
      maxCloses: 500,
      metricsFile: null,
      maxDurationMs: null,
      graceMs: 20 * SECOND,
      verifyForMs: 15 * SECOND,
      requestMaxAgeMs: 48 * HOUR,
      reopenWatchMs: 72 * HOUR,
      surveyLagMs: 30 * MINUTE,
      expectedEveryMs: 24 * HOUR,
      expectOrganization: null,
      attemptTimeoutMs: 15 * SECOND,
      conversationDeadlineMs: 5 * MINUTE,
      webhookDelayMs: 2 * SECOND,
      notify: { on: ['failure', 'refusal', 'change'], name: null },
    });
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
  });

  it('takes each setting from the strongest source and says which', async () => {
    const { config, origins } = await load({
      file: 'concurrency: 2\nratePerMinute: 2\nmaxCloses: 2\nbudgetShare: 0.2\n',
      dotEnv: 'NIGHTSWEEP_RATE_PER_MINUTE=3\nNIGHTSWEEP_MAX_CLOSES=3\nNIGHTSWEEP_CONCURRENCY=3\n',
      env: { NIGHTSWEEP_MAX_CLOSES: '4', NIGHTSWEEP_CONCURRENCY: '4' },
      flags: { concurrency: '5' },
    });
    expect([config.budgetShare, config.ratePerMinute, config.maxCloses, config.concurrency]).toEqual([
      0.2, 3, 4, 5,
    ]);
    expect(origins).toMatchObject({
      budgetShare: 'file',
      ratePerMinute: 'environment',
      maxCloses: 'environment',
      concurrency: 'flag',
      staleAfter: 'default',
    });
  });

  it.each([
    [{ db: 'x.db' }, { db: 'x.db' }],
    [{ api: 'gateway' }, { api: 'gateway' }],
    [{ 'stale-after': '2h' }, { policy: { staleAfterMs: 2 * HOUR } }],
    [{ 'max-closes': 'unlimited' }, { maxCloses: Number.POSITIVE_INFINITY }],
    [{ 'max-duration': '2h' }, { maxDurationMs: 2 * HOUR }],
    [{ rate: 60 }, { ratePerMinute: 60 }],
    [{ concurrency: '1' }, { concurrency: 1 }],
    [{ survey: false }, { survey: false }],
    [{ rate: undefined, limit: 3, _: [] }, { ratePerMinute: 300 }],
  ])('understands the flags %o', async (flags, expected) => {
    expect((await load({ flags })).config).toMatchObject(expected);
  });

  it('is frozen all the way down', async () => {
    const { config } = await load({ file: `exemptQueues: [${QUEUE}]` });
    const parts = [config, config.policy, config.policy.exemptQueues, config.policy.messageTypes];
    expect(parts.every(Object.isFrozen)).toBe(true);
  });

  it.each([
    ['staleAfter: 48h', 48 * HOUR, 'file'],
    ['staleAfterWithAgent: 72h', 72 * HOUR, 'file'],
    ['staleAfterWithAgent: 1h', 24 * HOUR, 'default'],
    ['staleAfter: 30h\nstaleAfterWithAgent: 26h', 30 * HOUR, 'file'],
  ])('never gives less time with an agent: %s', async (file, withAgent, origin) => {
    const { config, origins, values } = await load({ file });
    expect(config.policy.staleAfterWithAgentMs).toBe(withAgent);
    expect(values.staleAfterWithAgent).toBe(withAgent);
    expect(origins.staleAfterWithAgent).toBe(origin);
  });

  it.each<[Given, string]>([
    [
      { flags: { rate: 'abc' } },
      '--rate: ratePerMinute cannot be "abc"; give a whole number from 1 to 100000.',
    ],
    [
      { flags: { rate: ['1', '2'] } },
      '--rate: ratePerMinute cannot be 1 and 2 (the flag is given twice); give a whole number from 1 to 100000.',
    ],
    [{ flags: { db: '' } }, '--db: db has no value; give the path of a SQLite file.'],
    [{ env: { NIGHTSWEEP_API: 'both' } }, 'NIGHTSWEEP_API: api cannot be "both"; give platform or gateway.'],
    [
      { dotEnv: 'A=1\nNIGHTSWEEP_API=both\n' },
      'NIGHTSWEEP_API in .env: api cannot be "both"; give platform or gateway.',
    ],
    [
      { file: 'survey: true\napi: both\n', flags: { api: 'gateway' } },
      'nightsweep.yaml line 2: api cannot be "both"; give platform or gateway.',
    ],
    [
      { env: { NIGHTSWEEP_STALEAFTER: '2h' } },
      'NIGHTSWEEP_STALEAFTER is not a variable that nightsweep knows; did you mean NIGHTSWEEP_STALE_AFTER? Correct or unset it.',
    ],
    [
      { dotEnv: 'NIGHTSWEEP_RATE_PER_MINIT=3' },
      'NIGHTSWEEP_RATE_PER_MINIT in .env is not a variable that nightsweep knows; did you mean NIGHTSWEEP_RATE_PER_MINUTE? Correct or unset it.',
    ],
    [
      { file: `exemptQueues: ${QUEUE}`, flags: { api: 'gateway' } },
      'exemptQueues cannot be honoured with api gateway, whose contract tells neither queues nor divisions; set exemptQueues to none, or use api platform.',
    ],
    [
      { env: { NIGHTSWEEP_EXEMPT_DIVISIONS: QUEUE, NIGHTSWEEP_API: 'gateway' } },
      'exemptDivisions cannot be honoured with api gateway, whose contract tells neither queues nor divisions; set exemptDivisions to none, or use api platform.',
    ],
  ])('refuses %o', async (given, sentence) => {
    await expect(load(given)).rejects.toThrow(new UsageError(sentence));
  });

  it('leaves variables alone that belong to other parts or other programs', async () => {
    const env = {
      NIGHTSWEEP_API_TOKEN: 'x',
      NIGHTSWEEP_WEBHOOK_SECRET_FILE: 'x',
      NIGHTSWEEP_WEBHOOK_TOKEN: 'x',
      GENESYS_CLIENT_ID: 'x',
      RATE: 'abc',
    };
    expect((await load({ env })).config).toEqual((await load()).config);
  });

  it('counts an empty variable as not set, and takes one of .env away with it', async () => {
    const given = { dotEnv: 'NIGHTSWEEP_DB=x.db', file: 'db: y.db', env: { NIGHTSWEEP_DB: '' } };
    expect(await load(given)).toMatchObject({ config: { db: 'y.db' }, origins: { db: 'file' } });
  });

  it('finds the source beside the settings that name it, else from where the program runs', async () => {
    const yaml = 'source: { file: ../app.db, query: SELECT 1 }';
    const here = surroundings({ 'nightsweep.yaml': yaml });
    const fileOf = async (env: Record<string, string>) => {
      const { config } = await loadConfig({
        ...here,
        env,
        cwd: '/',
        flags: {},
        configFile: `${here.cwd}/nightsweep.yaml`,
      });
      return config.source?.file;
    };
    expect(await fileOf({})).toBe(join(here.cwd, '../app.db'));
    expect(await fileOf({ NIGHTSWEEP_SOURCE_FILE: 'srv/app.db' })).toBe('/srv/app.db');
  });
});
