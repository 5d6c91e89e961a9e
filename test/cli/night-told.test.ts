import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Context } from '../../src/cli/command.ts';
import { sweepSettings } from '../../src/cli/compose.ts';
import { createContext } from '../../src/cli/context.ts';
import { readLastNight } from '../../src/cli/last-night.ts';
import { metricsFile } from '../../src/cli/metrics-file.ts';
import { runNight, watchersOf } from '../../src/cli/night.ts';
import { parseWords } from '../../src/cli/parse.ts';
import { NO_PROGRESS } from '../../src/cli/progress.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { EXIT, type ExitCode, ExpectedError } from '../../src/domain/errors.ts';
import { createLease } from '../../src/store/lease.ts';
import { CLIENT } from '../e2e/child.ts';
import { aPlace, type Place } from '../e2e/place.ts';
import { map, stale } from '../e2e/world.ts';
import { asNobody, giveToNobody } from '../helpers/as-nobody.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { createIo, sink } from './running.ts';

const SECRET = `whsec_${Buffer.from('a secret of two dozen bytes').toString('base64')}`;

interface Started {
  readonly place: Place;
  readonly context: Context;
  /** Ends the night as SIGTERM does. */
  stop(): void;
  /** What was written on stderr, in one line. */
  said(): string;
  /** Whom something came to: the heartbeat's in their order first. */
  told(): string[];
  /** Runs a night as a schedule does, and answers how it ended. */
  night(changed?: Partial<Context>): Promise<ExitCode>;
}

/**
 * What runs nights, after a good start: with a webhook and its secret, Slack and the client's secret in files, a heartbeat,
 * and a file of metrics.
 */
async function started(): Promise<Started> {
  const place = await aPlace({ conversations: stale(1) });
  map(place, 1);
  const { url, received } = await scriptedServer(() => ({ body: 'OK' }));
  mkdirSync(join(place.dir, 'prom'));
  place.file('slack.txt', `${url}/slack/a-token-of-1-test`);
  place.file('sign.txt', SECRET);
  place.file('secret.txt', CLIENT.clientSecret);
  place.file('.env', '');
  const env = {
    ...place.env,
    GENESYS_CLIENT_SECRET: undefined,
    GENESYS_CLIENT_SECRET_FILE: 'secret.txt',
    NIGHTSWEEP_METRICS_FILE: 'prom/night.prom',
    NIGHTSWEEP_NOTIFY_SLACK_URL_FILE: 'slack.txt',
    NIGHTSWEEP_NOTIFY_WEBHOOK_URL: `${url}/hook`,
    NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET_FILE: 'sign.txt',
    NIGHTSWEEP_NOTIFY_HEARTBEAT_URL: `${url}/beat`,
    NIGHTSWEEP_NOTIFY_NAME: 'web-1',
  };
  const stderr = sink();
  const io = createIo([], { cwd: place.dir, env, stderr });
  const asked = await parseWords(['schedule']);
  if (asked.kind !== 'command') throw new Error('that is a command');
  const context = await createContext(io, asked.argv, createSecrets());
  await watchersOf(context, true);
  const stopping = new AbortController();
  const interrupts = { stop: stopping.signal, abort: new AbortController().signal };
  return {
    place,
    context,
    stop: () => stopping.abort(EXIT.terminated),
    said: () => stderr.text.replaceAll(/\s+/g, ' '),
    told: () => {
      const all = received.map(({ path }) => path.replace(/\/a-token.*/, '').slice(1));
      const isBeat = (one: string) => one.startsWith('beat');
      return [...all.filter(isBeat), ...all.filter((one) => !isBeat(one)).sort()];
    },
    night: async (changed = {}) => {
      const all = { ...context, ...changed };
      const settings = sweepSettings(all.config().config);
      try {
        return (await runNight(all, settings, interrupts, { progress: NO_PROGRESS }, false)).exitCode;
      } catch (error) {
        return error instanceof ExpectedError ? error.exitCode : EXIT.unexpected;
      }
    },
  };
}

describe('a night of a schedule whose metrics file', () => {
  it('cannot even be looked at any more is swept, told and kept all the same', async () => {
    const { place, night, said, told } = await started();
    rmSync(join(place.dir, 'prom'), { recursive: true });
    symlinkSync('prom', join(place.dir, 'prom'));
    expect(await night()).toBe(EXIT.ok);
    expect(said()).toContain(
      'warning: The night goes on without it: prom/night.prom cannot be looked at (ELOOP)',
    );
    expect(told()).toEqual(['beat/start', 'beat']);
    expect(readLastNight(place.database)).toMatchObject({ exitCode: 0, hadRun: true });
  });
});

it('a file of metrics that cannot be read any more is left as it is, with the last success in it', async () => {
  const { place, context, night, said } = await started();
  expect(await night()).toBe(EXIT.ok);
  const file = join(place.dir, 'prom', 'night.prom');
  const before = readFileSync(file, 'utf8');
  expect(before).toContain('nightsweep_last_success_timestamp_seconds');
  chmodSync(file, 0);
  for (const path of [place.dir, join(place.dir, 'prom')]) giveToNobody(path);
  // It looks at the file at once, before it waits for anything.
  await expect(asNobody(() => metricsFile(context, true))).rejects.toThrow(
    'prom/night.prom cannot be looked at (EACCES)',
  );
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(said()).not.toContain('bug');
});

describe('a night of a schedule that fails, of which', () => {
  const gone = (name: string) => (place: Place) => rmSync(join(place.dir, name));
  it.each<[string, (place: Place) => void, string, string[]]>([
    [
      'Slack cannot be told, because its file is gone',
      gone('slack.txt'),
      'The file slack.txt of NIGHTSWEEP_NOTIFY_SLACK_URL_FILE does not exist',
      ['hook'],
    ],
    [
      'the webhook cannot be told as it is used to, because the file of its secret is gone',
      gone('sign.txt'),
      'The file sign.txt of NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET_FILE does not exist',
      ['slack'],
    ],
    [
      'the webhook cannot be told, because its secret is none any more',
      (place) => place.file('sign.txt', 'short'),
      'NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET_FILE must be a text of 16 bytes or more',
      ['slack'],
    ],
    [
      'only those can be told whom .env does not name, because it cannot be read',
      ({ dir }) => {
        rmSync(join(dir, '.env'));
        mkdirSync(join(dir, '.env'));
      },
      'The file .env cannot be read (EISDIR)',
      ['hook', 'slack'],
    ],
  ])('%s: the others are told', async (_, harm, why, others) => {
    const { place, night, said, told } = await started();
    rmSync(join(place.dir, 'secret.txt'));
    harm(place);
    expect(await night()).toBe(EXIT.usage);
    expect(told()).toEqual(['beat/start', 'beat/fail', ...others]);
    expect(said().split(`The night goes on without it: ${why}`), 'warned once').toHaveLength(2);
    expect(existsSync(join(place.dir, 'prom', 'night.prom'))).toBe(true);
  });

  it('one cannot be told because of a bug: the others are told, and it is called one', async () => {
    const { place, context, night, said, told } = await started();
    rmSync(join(place.dir, 'secret.txt'));
    const add = (secret: string) => {
      if (secret.includes('/slack/')) throw new TypeError('cannot read properties of null');
      context.secrets.add(secret);
    };
    const surroundings = { ...context.surroundings, secrets: { add } };
    expect(await night({ surroundings })).toBe(EXIT.usage);
    expect(told()).toEqual(['beat/start', 'beat/fail', 'hook']);
    expect(said()).toContain(
      'warning: The night goes on without it: unexpected error, which is a bug: cannot read properties of null',
    );
  });
});

describe('the beat of a begin', () => {
  const FAILED = ['beat/start', 'beat/fail', 'hook', 'slack'];
  it.each<[string, ExitCode, (started: Started) => Partial<Context> | undefined, string[]]>([
    ['its secret is wrong', EXIT.auth, ({ place }) => void place.file('secret.txt', 'another'), FAILED],
    [
      'the database is broken',
      EXIT.database,
      ({ place }) => void place.file('nightsweep.db', 'this is no database\n'.repeat(100)),
      FAILED,
    ],
    [
      'there is a bug',
      EXIT.unexpected,
      ({ context }) => ({
        io: {
          ...context.io,
          get host(): string {
            throw new TypeError('cannot read properties of null');
          },
        },
      }),
      FAILED,
    ],
    // Whoever has the lease beats for this night.
    [
      'another run holds the lease',
      EXIT.leaseHeld,
      ({ place }) => {
        const release = createLease(place.database).acquire();
        onTestFinished(() => release?.());
      },
      ['beat/start'],
    ],
    // It may be resumed in time; a heartbeat that stays away says so if not.
    [
      'it was stopped while it signed in',
      EXIT.terminated,
      ({ place, stop }) =>
        void place.simulator.intercept(({ route }) => {
          if (route !== 'token') return null;
          stop();
          return 'timeout';
        }),
      ['beat/start', 'hook', 'slack'],
    ],
  ])(
    'of a night that cannot begin, because %s (exit %i), is followed by what that is',
    async (_, code, harm, expected) => {
      const stage = await started();
      const changed = harm(stage) ?? {};
      expect(await stage.night(changed)).toBe(code);
      expect(stage.told()).toEqual(expected);
    },
  );
});
