import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import { SIMULATED_CLIENT, type SimulatorOptions } from '../../src/simulator/options.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createSimulator } from '../../src/simulator/simulator.ts';

type Sdk = typeof import('purecloud-platform-client-v2');

// CommonJS whose exports Node cannot see by name.
const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;

export const NOW = Date.UTC(2026, 0, 15, 2, 0, 0);

export interface Official {
  readonly simulator: Simulator;
  readonly clock: { now: number };
  readonly conversations: InstanceType<Sdk['ConversationsApi']>;
  readonly analytics: InstanceType<Sdk['AnalyticsApi']>;
  readonly tokens: InstanceType<Sdk['TokensApi']>;
  readonly organizations: InstanceType<Sdk['OrganizationApi']>;
  login(secret?: string): Promise<unknown>;
}

/** Genesys's own client, unmodified, pointed at a fresh simulator. It is a singleton: one at a time. */
export async function officialClient(options: Partial<SimulatorOptions> = {}): Promise<Official> {
  const clock = { now: NOW };
  const simulator = createSimulator({ now: () => clock.now, population: 100, ...options });
  const { port } = await simulator.start();
  const client = sdk.ApiClient.instance;
  client.setGateway({
    host: '127.0.0.1',
    protocol: 'http',
    port,
    path_params_login: '',
    path_params_api: '',
  });
  onTestFinished(async () => {
    client.clearAccessToken();
    await simulator.stop();
  });
  return {
    simulator,
    clock,
    conversations: new sdk.ConversationsApi(),
    analytics: new sdk.AnalyticsApi(),
    tokens: new sdk.TokensApi(),
    organizations: new sdk.OrganizationApi(),
    login: (secret = SIMULATED_CLIENT.clientSecret) =>
      client.loginClientCredentialsGrant(SIMULATED_CLIENT.clientId, secret),
  };
}
