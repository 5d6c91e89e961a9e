import { createRequire } from 'node:module';
import { setTimeout as sleepFor } from 'node:timers/promises';

// CommonJS, and its class names differ from its type names.
// biome-ignore lint/suspicious/noExplicitAny: the SDK's own types do not cover its module object
const sdk: any = createRequire(import.meta.url)('purecloud-platform-client-v2');
const api = new sdk.ConversationsApi();

export const sleep = (ms: number) => sleepFor(ms);

/** Logs in at the simulator that the environment names. */
export async function login(): Promise<void> {
  const url = new URL(process.env.GENESYS_API_URL ?? '');
  const client = sdk.ApiClient.instance;
  client.setGateway({
    host: url.hostname,
    protocol: 'http',
    port: Number(url.port),
    path_params_login: '',
    path_params_api: '',
  });
  await client.loginClientCredentialsGrant(process.env.GENESYS_CLIENT_ID, process.env.GENESYS_CLIENT_SECRET);
}

const DAY_MS = 86_400_000;

interface Participant {
  readonly state?: string;
  readonly endTime?: string;
  readonly messages?: readonly { readonly messageTime?: string }[];
}

export const messages = {
  read: async (id: string): Promise<{ ended: boolean; recent: boolean }> => {
    const { participants } = (await api.getConversationsMessage(id)) as { participants: Participant[] };
    const ended = participants.every(
      (p) => p.endTime !== undefined || p.state === 'disconnected' || p.state === 'terminated',
    );
    const times = participants.flatMap((p) => (p.messages ?? []).map((m) => Date.parse(m.messageTime ?? '')));
    return { ended, recent: Date.now() - Math.max(...times) < DAY_MS };
  },
  close: (id: string): Promise<unknown> => api.patchConversationsMessage(id, { state: 'disconnected' }),
};

export function statusOf(error: unknown): number {
  return (error as { status?: number }).status ?? 0;
}

export function retryAfterMs(error: unknown): number {
  const headers = (error as { headers?: Record<string, string> }).headers ?? {};
  return 1_000 * (Number(headers['retry-after']) || 1);
}
