import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import type { Fault, FaultKind } from '../../src/simulator/faults.ts';
import { SIMULATED_CLIENT } from '../../src/simulator/options.ts';
import type { RouteName } from '../../src/simulator/routes.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';
import { openStore } from '../../src/store/store.ts';
import { runMain } from '../cli/running.ts';
import { httpInFlight } from '../helpers/http-in-flight.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

/** One of each way in which they can be answered. */
const TRIED: readonly FaultKind[] = [
  ...(['401', '408', '429', '500', '502', 'html_200', 'reset_before', 'timeout'] as const),
  ...(['cut', 'truncated_json', 'unknown_encoding', 'gzip', 'bloated'] as const),
];
const HARMLESS: readonly FaultKind[] = ['gzip', 'bloated'];
/** No organisation is expected, the mapping is empty and there was no night. */
const READY = 'Ready, with 3 remarks.';

/** What `doctor` finds when these requests always meet with this. */
async function doctor(fault: Fault | null, isHarmed: (route: RouteName | null) => boolean, env = {}) {
  const clock = new VirtualClock();
  const simulator = createSimulator({
    now: clock.now,
    population: 0,
    rateLimit: { allowed: 1_000_000, windowMs: MINUTE },
    sleep: park,
  });
  simulator.intercept(({ route }) => (isHarmed(route) ? fault : null));
  const { url } = await simulator.start();
  const cwd = mkdtempSync(join(tmpdir(), 'nightsweep-doctor-'));
  openStore(join(cwd, 'data', 'nightsweep.db'), { mode: 'create', now: clock.now() }).close();
  const inFlight = httpInFlight();
  let parked = 0;
  const stopClock = clock.runByItself(() => inFlight() <= parked);
  onTestFinished(async () => {
    await simulator.stop();
    await stopClock();
    rmSync(cwd, { recursive: true });
  });

  async function park(ms: number, signal: AbortSignal): Promise<void> {
    parked++;
    await clock.sleep(ms, signal).finally(() => parked--);
  }

  const { code, stdout } = await runMain(['doctor', '--json'], {
    clock,
    cwd,
    env: {
      GENESYS_CLIENT_ID: SIMULATED_CLIENT.clientId,
      GENESYS_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
      GENESYS_API_URL: url,
      GENESYS_LOGIN_URL: url,
      NIGHTSWEEP_RATE_PER_MINUTE: '100000',
      ...env,
    },
  });
  const { checks, message } = JSON.parse(stdout) as {
    checks: { name: string; status: string; says: string }[];
    message: string;
  };
  return { code, checks, message };
}

/** One sentence for a person: no page, no JSON, no stack, nothing that fell out of a program. */
function expectSentences(checks: readonly { says: string }[]): void {
  for (const { says } of checks) {
    expect(says).toMatch(/^[^\n<>{}]{3,400}$/);
    expect(says).not.toMatch(/undefined|null|\[object|\bat \/|[.!?] [A-Z]/);
  }
}

describe('doctor says in a sentence', () => {
  it.each(TRIED)('what is wrong when the token endpoint always meets with %s', async (fault) => {
    const { code, checks, message } = await doctor(fault, (route) => route === 'token');
    expectSentences(checks);
    // The simulator takes a 401 there for what it is: refused credentials, which is another test.
    const isReady = HARMLESS.includes(fault) || fault === '401';
    expect({ code, message }).toEqual(
      isReady ? { code: 0, message: READY } : { code: 8, message: expect.stringContaining('Not ready: ') },
    );
    if (!isReady) expect(checks.find(({ status }) => status === 'fail')?.name).toBe('token');
  });

  it.each(TRIED)('what is wrong when the API always meets with %s', async (fault) => {
    const { code, checks } = await doctor(fault, (route) => route !== 'token');
    expectSentences(checks);
    expect(code).toBe(HARMLESS.includes(fault) ? 0 : fault === '401' ? 4 : 8);
  });

  it.each(TRIED)('what is wrong when only reading meets with %s', async (fault) => {
    const { checks } = await doctor(fault, (route) => route === 'read');
    expectSentences(checks);
    const status = checks.find(({ name }) => name === 'reading')?.status;
    expect(status).toBe(HARMLESS.includes(fault) ? 'ok' : 'fail');
  });

  it.each([
    ['GENESYS_API_URL', 'api'],
    ['GENESYS_LOGIN_URL', 'token'],
  ])('that a host cannot be resolved (%s)', async (name, check) => {
    const { code, checks } = await doctor(null, () => false, { [name]: `https://${'x'.repeat(64)}.test` });
    expectSentences(checks);
    expect(code).toBe(8);
    expect(checks.find(({ status }) => status === 'fail')).toMatchObject({
      name: check,
      says: expect.stringMatching(/cannot be reached \(getaddrinfo/),
    });
  });
});
