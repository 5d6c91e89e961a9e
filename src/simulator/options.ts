import { MINUTE } from '../domain/time.ts';
import type { FaultKind } from './faults.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import type { CloseEffect, ConversationRecord } from './record.ts';
import type { TokenOptions } from './tokens.ts';

export interface SimulatorOptions extends Partial<TokenOptions> {
  /** Epoch ms, of whoever uses the simulator; its own clock may be ahead of it (`clockSkewMs`). */
  readonly now: () => number;
  /** Used for latency; the signal aborts when the simulator stops. Needed only with `latencyMs`. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Everything random follows from it. Default 1. */
  readonly seed?: number;
  /** How many conversations to generate. Default 500. */
  readonly population?: number;
  /** How many more to generate, that no mapping knows. Default 0. */
  readonly unmapped?: number;
  /** These instead of a generated population. */
  readonly conversations?: readonly ConversationRecord[];
  /** Every answer takes between these many ms. Default: at once. */
  readonly latencyMs?: readonly [min: number, max: number];
  /** Probability of each kind for each request; the sum is at most 1. Default: none. */
  readonly faults?: Readonly<Partial<Record<FaultKind, number>>>;
  /** Default: 300 a minute, as Genesys documents. */
  readonly rateLimit?: RateLimitOptions;
  readonly organization?: { readonly id: string; readonly name: string };
  /** Permissions and scopes that the client was not granted. Default: none is missing. */
  readonly missingPermissions?: readonly string[];
  /** What a close does, unless a conversation has its own effect. Default: `reply`. */
  readonly closeEffect?: CloseEffect;
  /** How the platform contract answers a PATCH of an ended conversation. Default 409. */
  readonly patchEndedStatus?: 400 | 404 | 409;
  /** How far its clock is ahead of `now`, in everything that it does and tells. Default 0. */
  readonly clockSkewMs?: number;
  /** More ids in one analytics request are answered with 400. Default 100. */
  readonly maxIdsPerSurvey?: number;
  /**
   * How a query whose interval holds more conversations than this is answered. Default: 502 beyond 8,000, as was seen in
   * the field.
   */
  readonly heavyQuery?: { readonly conversations: number; readonly status: 400 | 502 };
  /** How far analytics is behind. Default 0. */
  readonly analyticsLagMs?: number;
}

export type ResolvedOptions = Required<Omit<SimulatorOptions, 'conversations'>> &
  Pick<SimulatorOptions, 'conversations'>;

/** The credentials of a simulator that was given none; they open nothing else. */
export const SIMULATED_CLIENT = { clientId: 'simulated-client', clientSecret: 'simulated-secret' };

/** @throws {RangeError} for faults whose probabilities add up to more than 1, and for latency without a sleep */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    seed: 1,
    population: 500,
    unmapped: 0,
    sleep: async () => {},
    latencyMs: [0, 0],
    faults: {},
    rateLimit: { allowed: 300, windowMs: MINUTE },
    tokenLifetimeSeconds: 86_400,
    ...SIMULATED_CLIENT,
    organization: { id: '94f2d3eb-f3c7-4398-8695-c8f2d8a80d21', name: 'Simulated Organisation' },
    missingPermissions: [],
    closeEffect: { kind: 'reply' },
    patchEndedStatus: 409,
    clockSkewMs: 0,
    maxIdsPerSurvey: 100,
    heavyQuery: { conversations: 8_000, status: 502 },
    analyticsLagMs: 0,
    ...options,
  };
  const sum = Object.values(resolved.faults).reduce((total, probability) => total + probability, 0);
  if (sum > 1)
    throw new RangeError(`The probabilities of all faults add up to ${sum}, which is more than 1.`);
  if (resolved.latencyMs[1] > 0 && options.sleep === undefined) {
    throw new RangeError('Latency needs a sleep to wait with.');
  }
  return resolved;
}

/** Everything that the simulator asks for: permissions of the Platform API, and the scopes of the gateway contract. */
export const PERMISSIONS: readonly string[] = [
  'conversation:communication:view',
  'conversation:communication:disconnect',
  'analytics:conversationDetail:view',
  'conversation:read',
  'conversation:message:write',
];
