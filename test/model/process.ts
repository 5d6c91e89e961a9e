import { DatabaseError, LeaseHeldError } from '../../src/domain/errors.ts';
import { UNSETTLED } from '../../src/domain/outcome.ts';
import type { SweepDeps } from '../../src/sweep/context.ts';
import { type FindAnswer, serveOrWait } from '../../src/sweep/handover.ts';
import type { Intent } from '../../src/sweep/ports.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { SETTINGS } from '../sweep/night.ts';
import type { MemoryRecord } from './memory-record.ts';
import type { Remote } from './remote.ts';
import type { Stage } from './stage.ts';

/** Thrown into what a killed process still executes; it can do nothing any more. */
class Killed extends Error {}

export interface Process {
  readonly actor: number;
  /** Resolves with the exit code; never, when it is killed. */
  readonly ended: Promise<number>;
  readonly isOver: () => boolean;
}

export interface World {
  readonly stage: Stage;
  readonly remote: Remote;
  readonly record: MemoryRecord;
  /** Who holds the lease; the operating system frees that of the dead. */
  holder: number | null;
  /** Sees every intent at the moment it is committed. */
  onIntent: (intent: Intent) => void;
  /** Sees every intent that is taken back because the close did not show. */
  onWithdraw: (conversationId: string) => void;
}

/** Calls that write or send: a process may die just before or just after each of them. */
const STEPS = ['begin', 'finish', 'interruptDead', 'intend', 'withdraw', 'record', 'recordAll'];
const CALLS = ['read', 'close', 'endedOf'];

/**
 * A run of the real sweep over the record in memory and the remote in memory.
 *
 * @param killedAt the step before or after which it dies; null: it lives
 */
export function startProcess(
  world: World,
  actor: number,
  what: 'sweep' | { readonly close: readonly string[] },
  how: { readonly killedAt: number | null; readonly survey: boolean; readonly concurrency: number },
): Process {
  const { stage, remote, record } = world;
  let steps = 0;

  function step(): void {
    if (how.killedAt !== null && ++steps > how.killedAt) stage.kill(actor);
    if (stage.isDead(actor)) throw new Killed();
  }

  /** The same port, for as long as the process lives. */
  function mortal<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (stage.isDead(actor)) throw new Killed();
          if (CALLS.includes(String(name))) return call(() => method.apply(target, args));
          if (!STEPS.includes(String(name))) return method.apply(target, args);
          step();
          const result = method.apply(target, args);
          if (name === 'intend' && result === true) world.onIntent(intentOf(String(args[0])));
          if (name === 'withdraw') world.onWithdraw(String(args[0]));
          step();
          return result;
        };
      },
    });
  }

  function intentOf(conversationId: string): Intent {
    const intent = record.intended.get(conversationId);
    if (intent === undefined) throw new Error('There is no intent.');
    return intent;
  }

  async function call<T>(fn: () => Promise<T>): Promise<T> {
    step();
    const result = await fn();
    step();
    return result;
  }

  const api = mortal(remote.apiFor(actor));
  const deps: SweepDeps = {
    clock: stage.clockOf(actor),
    random: () => 0.5,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    api,
    survey: api,
    remote: remote.info,
    sync: null,
    lease: {
      acquire: () => {
        if (world.holder !== null && !stage.isDead(world.holder)) return null;
        world.holder = actor;
        return () => {
          if (world.holder === actor) world.holder = null;
        };
      },
      demandHeld: () => {
        if (world.holder !== actor) throw new DatabaseError('The lease is not held.');
      },
    },
    runs: mortal(record.runs),
    work: mortal(record.work),
    ledger: mortal(record.ledger),
    identity: { host: 'model', pid: actor, version: '0' },
    isAlive: ({ pid }) => !stage.isDead(pid),
    confirm: null,
    onProgress: () => {},
    onOutcome: () => {},
  };
  const settings = { ...SETTINGS, survey: how.survey, concurrency: how.concurrency };
  const never = new AbortController().signal;
  const interrupts = { stop: never, abort: never };

  async function work(): Promise<number> {
    if (what === 'sweep') return (await sweep(deps, settings, interrupts)).exitCode;
    step();
    const requests = new Map(what.close.map((id) => [id, record.request(id, stage.now())] as const));
    step();
    const served = await serveOrWait(deps, settings, requests, findAnswer(record), interrupts);
    return served.report?.exitCode ?? 0;
  }

  let over = false;
  const ended = work().catch((error: unknown) => {
    if (error instanceof LeaseHeldError) return error.exitCode;
    // Whatever else a dead process throws, nobody hears it.
    if (stage.isDead(actor)) return new Promise<number>(() => {});
    throw error;
  });
  ended.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  return { actor, ended, isOver: () => over || stage.isDead(actor) };
}

/** The outcome that settled the request, or left it pending for a reason, as `close` looks it up. */
function findAnswer(record: MemoryRecord): FindAnswer {
  const before = record.outcomes.length;
  return (requestId, conversationId) => {
    const request = record.requested.find(({ id }) => id === requestId);
    const rows = record.outcomes.filter((row) => row.conversationId === conversationId);
    if (request === undefined) return null;
    if (request.settledAt !== null) {
      return (
        rows.findLast((row) => row.decidedAt === request.settledAt && row.outcome === request.outcome) ?? null
      );
    }
    const newest = rows.findLast((row) => row.id > before);
    const answers =
      newest !== undefined && UNSETTLED.includes(newest.outcome) && newest.origin === request.origin;
    return answers ? newest : null;
  };
}
