import { describe, expect, it } from 'vitest';
import { runMain } from './running.ts';

const PREFIX = 'NIGHTSWEEP_NOTIFY_';

/** Nothing listens there: whoever asked Genesys first would say so. */
function run(argv: readonly string[], notify: Record<string, string> = {}) {
  const named = Object.entries(notify).map(([name, text]) => [PREFIX + name, text]);
  return runMain(argv, { env: Object.fromEntries(named) });
}

describe('what is wrong with those who are told is said at once', () => {
  it.each([
    [['sweep'], { SLACK_URL: 'hooks.slack.com/services/x' }, 'NIGHTSWEEP_NOTIFY_SLACK_URL is not a URL'],
    [
      ['sweep', '--limit', '1'],
      { WEBHOOK_URL: 'https://x.example', WEBHOOK_SECRET: 'short' },
      'NIGHTSWEEP_NOTIFY_WEBHOOK_SECRET must be a text of 16 bytes',
    ],
    [
      ['sweep'],
      { TEAMS: 'https://x.example' },
      'NIGHTSWEEP_NOTIFY_TEAMS is not a variable that nightsweep knows',
    ],
    [['serve'], { HEARTBEAT_URL: 'http://example.com/x' }, 'NIGHTSWEEP_NOTIFY_HEARTBEAT_URL would send'],
    [['notify'], { SLACK_URL: 'https://x.example', SLACK_URL_FILE: 'f' }, 'are both set'],
    [['notify'], { ON: 'failure,sucess' }, 'NIGHTSWEEP_NOTIFY_ON: notify.on cannot be'],
  ])('by %j: %j', async (argv, notify, sentence) => {
    const { code, stdout, stderr } = await run(argv, notify);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('by doctor, which goes on', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { SLACK_URL: 'x' });
    expect(code).toBe(2);
    expect(JSON.parse(stdout).checks).toContainEqual({
      name: 'notify',
      status: 'fail',
      says: 'NIGHTSWEEP_NOTIFY_SLACK_URL is not a URL; give one such as https://hooks.example.com/TOKEN.',
    });
  });
});

describe('without an address', () => {
  it('notify says so, and has nobody to try', async () => {
    expect(await run(['notify'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nobody is told of nights: none of/),
    });
    expect(await run(['notify', '--test'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('set one, then try again.'),
    });
  });

  it('doctor says where to read about it', async () => {
    expect((await run(['doctor'])).stdout).toMatch(/^ok {4}notify +nobody is told of a bad night/m);
  });
});
