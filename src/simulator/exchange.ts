import { parseJson } from './call.ts';
import { drawFault, type Fault, type Mishap, mishapBefore } from './faults.ts';
import type { ResolvedOptions } from './options.ts';
import type { RandomStream } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import { missingPermission, notFound, Refusal, type Reply, tooManyRequests } from './reply.ts';
import type { RequestRecord } from './request-log.ts';
import { type Destination, destinationOf, type RouteName } from './routes.ts';
import { mishapAfter } from './spoil.ts';
import { Tokens, tokenRateLimited } from './tokens.ts';
import type { World } from './world.ts';

/** A request as it came in, with its body read to the end. */
export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly contentType: string;
  /** Null: larger than anything this API takes. */
  readonly bodyText: string | null;
}

/** What a test hook is told about a request. */
interface Intercepted {
  readonly method: string;
  readonly route: RouteName | null;
  readonly conversationId: string | null;
  /** The JSON body; undefined where there is none. */
  readonly body: unknown;
}

/** Called before a request is carried out; may change the world, and may answer with a fault to inject. */
export type Interceptor = (request: Intercepted) => Fault | null | Promise<Fault | null>;

/** Genesys's side of the simulator without the sockets: takes a request, gives what happens to it. */
export class Exchange {
  readonly log: RequestRecord[] = [];
  interceptor: Interceptor | null = null;
  private readonly world: World;
  private readonly options: ResolvedOptions;
  private readonly random: RandomStream;
  private readonly tokens: Tokens;
  private readonly rateLimit: RateLimit;

  /** @param random decides about latency and faults, in the order in which requests come in */
  constructor(world: World, options: ResolvedOptions, random: RandomStream) {
    this.world = world;
    this.options = options;
    this.random = random;
    this.tokens = new Tokens(options);
    this.rateLimit = new RateLimit(options.rateLimit);
  }

  /** Rejects when the signal aborts. */
  async answer(incoming: Incoming, contextId: string, signal: AbortSignal): Promise<Mishap> {
    const { options } = this;
    const destination = destinationOf(incoming.method, incoming.url.pathname);
    const record = this.record(incoming, destination);

    const drawn = drawFault(this.random, options.faults);
    const latencyMs = this.random.int(...options.latencyMs);
    if (latencyMs > 0) await options.sleep(latencyMs, signal);
    const { method, route, conversationId } = record;
    const body = parseJson(incoming.bodyText ?? '');
    const intercepted = await this.interceptor?.({ method, route, conversationId, body });
    signal.throwIfAborted();

    const mishap = this.outcomeOf(incoming, destination, intercepted ?? drawn, contextId);
    if (typeof mishap === 'string') return mishap;
    const { status, headers } = 'spoilt' in mishap ? mishap.reply : mishap;
    record.status = status;
    if (destination.route === null) return mishap;
    const limited = { ...this.rateLimit.peek(options.now()).headers, ...headers };
    return 'spoilt' in mishap
      ? { ...mishap, reply: { ...mishap.reply, headers: limited } }
      : { ...mishap, headers: limited };
  }

  private record({ method, url }: Incoming, { name, conversationId }: Destination): RequestRecord {
    const record: RequestRecord = {
      order: this.log.length + 1,
      at: this.options.now(),
      method,
      path: url.pathname,
      route: name,
      conversationId,
      status: null,
    };
    this.log.push(record);
    if (conversationId !== null && name === 'read') this.world.count(conversationId, 'reads');
    if (conversationId !== null && name === 'close') this.world.count(conversationId, 'patches');
    return record;
  }

  private outcomeOf(incoming: Incoming, to: Destination, fault: Fault | null, contextId: string): Mishap {
    if (to.name === 'token' && fault === '429') return tokenRateLimited();
    // There a 401 would mean wrong credentials, which is no passing fault.
    if (to.name === 'token' && fault === '401') return this.replyTo(incoming, to, contextId);
    const { retryAfter } = this.rateLimit.peek(this.options.now());
    return (
      mishapBefore(fault, retryAfter, contextId) ?? mishapAfter(fault, this.replyTo(incoming, to, contextId))
    );
  }

  private replyTo(incoming: Incoming, to: Destination, contextId: string): Reply {
    try {
      return this.carryOut(incoming, to);
    } catch (error) {
      if (error instanceof Refusal) return error.toReply(contextId);
      throw error;
    }
  }

  private carryOut(incoming: Incoming, { name, route, conversationId }: Destination): Reply {
    const { options, world } = this;
    const now = options.now();
    const { authorization, bodyText, contentType, url } = incoming;
    if (bodyText === null) throw new Refusal(413, 'request.entity.too.large', 'The request is too large.');
    if (name === 'token') return this.tokens.grant(authorization, bodyText, now);
    if (route === null) throw notFound();

    this.tokens.check(authorization, now);
    const limit = this.rateLimit.take(now);
    if (limit.exceeded) throw tooManyRequests(limit.retryAfter);
    if (route.permission !== null && options.missingPermissions.includes(route.permission)) {
      throw missingPermission(route.permission);
    }
    const query = url.searchParams;
    return route.handle({ world, options, now, conversationId, query, contentType, bodyText });
  }
}
