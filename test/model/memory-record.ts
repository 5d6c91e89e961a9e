import type { CloseRequest } from '../../src/domain/close-request.ts';
import { DatabaseError } from '../../src/domain/errors.ts';
import type { Mapping } from '../../src/domain/mapping.ts';
import type { Consequences, Outcome } from '../../src/domain/outcome.ts';
import { restsUntil } from '../../src/domain/rest.ts';
import { isBaseline, noCounts, noRequests, type Run } from '../../src/domain/run.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { Due, Intent, Known, Ledger, PageKey, RunStore, WorkStore } from '../../src/sweep/ports.ts';

type Row = Outcome & { readonly id: number; readonly runId: number };
type Request = CloseRequest & { settledAt: Instant | null; outcome: Outcome['outcome'] | null };
type MaybeDue = Omit<Due, 'cutoff'> & { readonly cutoff: Instant | null };

const NO_NEWS = ['not_attempted', 'expired', 'failed'];
const ENDS = ['closed', 'already_closed', 'not_found'];

const byKey = (a: PageKey, b: PageKey) => a.at - b.at || a.conversationId.localeCompare(b.conversationId);
const isAfter = (key: PageKey, after: PageKey | null) => after === null || byKey(key, after) > 0;

/**
 * The record as plain arrays: what the tables mean, without SQL. A model to hold the store against, and a disk that
 * takes no time and outlives the process that writes to it. Every call is one transaction.
 */
export class MemoryRecord {
  readonly mappings = new Map<string, Omit<Mapping, 'endSeenAt'>>();
  readonly requested: Request[] = [];
  readonly outcomes: Row[] = [];
  readonly intended = new Map<string, Intent>();
  readonly begun: Run[] = [];

  /** A row as the user's own program would insert it. */
  map(row: Pick<Mapping, 'conversationId' | 'startedAt'> & Partial<Mapping>): void {
    const { endSeenAt: _, ...mapping } = {
      sessionId: `session of ${row.conversationId}`,
      userId: null,
      lastActivityAt: null,
      state: 'open' as const,
      stateAt: null,
      holdUntil: null,
      restsUntil: null,
      endSeenAt: null,
      ...row,
    };
    this.mappings.set(row.conversationId, mapping);
  }

  update(conversationId: string, changes: Partial<Mapping>): void {
    const mapping = this.mappings.get(conversationId);
    if (mapping !== undefined) this.mappings.set(conversationId, { ...mapping, ...changes });
  }

  /** One request for each conversation may be pending. */
  request(conversationId: string, requestedAt: Instant, origin = 'cli'): number {
    const pending = this.#pending().find((one) => one.conversationId === conversationId);
    if (pending !== undefined) return pending.id;
    const id = this.requested.length + 1;
    const request = { id, conversationId, origin, requestedAt, reason: null, force: false };
    this.requested.push({ ...request, settledAt: null, outcome: null });
    return id;
  }

  readonly runs: RunStore = {
    begin: (run) => {
      const id = this.begun.length + 1;
      const open = { state: 'running' as const, finishedAt: null, exitCode: null, message: null };
      this.begun.push({ ...run, ...open, id, counts: noCounts(), requests: noRequests() });
      return id;
    },
    finish: (runId, conclusion) => {
      this.#changeRun(runId, conclusion);
    },
    interruptDead: (currentRunId, now, isAlive) => {
      const dead = this.begun.filter(
        (run) => run.state === 'running' && run.id !== currentRunId && (!run.dryRun || !isAlive(run)),
      );
      for (const { id } of dead) this.#changeRun(id, { state: 'interrupted', finishedAt: now });
      return dead.map(({ id }) => id);
    },
    running: () => this.begun.findLast(({ state, dryRun }) => state === 'running' && !dryRun) ?? null,
    baselines: (limit) => this.begun.filter(isBaseline).toReversed().slice(0, limit),
  };

  readonly work: WorkStore = {
    countDue: (due) => this.#due(due).length,
    countResting: (due) => this.#ours(due).filter((mapping) => isResting(mapping, due.now)).length,
    pageDue: (due, after, size) =>
      this.#due(due)
        .map((mapping) => ({ at: ourSide(mapping), conversationId: mapping.conversationId }))
        .sort(byKey)
        .filter((key) => isAfter(key, after))
        .slice(0, size),
    pageRequests: (runId, afterId, size) =>
      this.#open(runId)
        .filter(({ id }) => id > afterId)
        .slice(0, size)
        .map(asAsked),
    countRequests: (runId) => this.#open(runId).length,
    countLeft: (due: MaybeDue) => {
      const { cutoff } = due;
      const rows = [...(cutoff === null ? [] : this.#due({ ...due, cutoff })), ...this.#open(due.runId)];
      const ids = new Set(rows.map(({ conversationId }) => conversationId));
      return [...ids].filter((id) => !this.intended.has(id)).length;
    },
    lateRequests: (runId, size) =>
      this.#pending()
        .filter(
          ({ conversationId, origin, requestedAt }) =>
            this.#isDone(runId, conversationId) &&
            !this.#real(conversationId).some(
              (row) => row.runId >= runId && row.origin === origin && row.decidedAt >= requestedAt,
            ),
        )
        .slice(0, size)
        .map(asAsked),
    pageWatched: ({ from, to, runId, ours }, after, size) =>
      [...this.mappings.values()]
        .filter(
          ({ state, stateAt }) => state === 'closed' && stateAt !== null && stateAt >= from && stateAt <= to,
        )
        .filter(({ conversationId: id }) => !this.#isDone(runId, id) && this.#wasClosedByUs(id) === ours)
        .map(({ stateAt, conversationId }) => ({ at: stateAt ?? 0, conversationId }))
        .sort(byKey)
        .filter((key) => isAfter(key, after))
        .slice(0, size),
    known: (conversationId) => this.#known(conversationId),
    isDone: (runId, conversationId) => this.#isDone(runId, conversationId),
  };

  readonly ledger: Ledger = {
    intend: (conversationId, decide) => {
      const intent = decide(this.#known(conversationId));
      if (intent === null) return false;
      if (this.intended.has(conversationId)) throw new DatabaseError('There is an intent already.');
      this.intended.set(conversationId, intent);
      return true;
    },
    intents: () =>
      [...this.intended.values()].sort((a, b) =>
        byKey({ ...a, at: a.intendedAt }, { ...b, at: b.intendedAt }),
      ),
    withdraw: (conversationId) => void this.intended.delete(conversationId),
    record: (runId, outcome, consequences, seenAt) => this.#record(runId, outcome, consequences, seenAt),
    recordAll: (runId, outcomes, seenAt) => {
      for (const { outcome, consequences } of outcomes) this.#record(runId, outcome, consequences, seenAt);
    },
  };

  #record(runId: number, outcome: Outcome, consequences: Consequences | null, seenAt: Instant): void {
    const { conversationId } = outcome;
    if (this.#isDone(runId, conversationId)) throw new DatabaseError('There is an outcome already.');
    if (consequences?.needsIntent && !this.intended.has(conversationId)) {
      throw new DatabaseError('There is no intent.');
    }
    this.outcomes.push({ ...outcome, id: this.outcomes.length + 1, runId });
    if (consequences === null) return;
    const { mappingState: state, settlesRequest } = consequences;
    if (state !== null) this.update(conversationId, { state, stateAt: seenAt });
    const ended = state === 'closed' || state === 'gone';
    for (const request of settlesRequest ? this.#pending() : []) {
      const answered = request.origin === outcome.origin && request.requestedAt <= outcome.decidedAt;
      if (request.conversationId !== conversationId || !(ended || answered)) continue;
      request.settledAt = outcome.decidedAt;
      request.outcome = outcome.outcome;
    }
    const told = this.#real(conversationId).filter(({ runId: of }) => !this.#sufferedFromAll(of));
    this.update(conversationId, { restsUntil: restsUntil(told.toReversed()) });
    this.intended.delete(conversationId);
  }

  #sufferedFromAll(runId: number): boolean {
    return this.begun.some(({ id, exitCode }) => id === runId && (exitCode === 4 || exitCode === 8));
  }

  #changeRun(runId: number, changes: Partial<Run>): void {
    const at = this.begun.findIndex(({ id }) => id === runId);
    const run = this.begun[at];
    if (run === undefined) throw new DatabaseError('There is no such run.');
    this.begun[at] = { ...run, ...changes };
  }

  #known(conversationId: string): Known {
    const real = this.#real(conversationId);
    const mapping = this.mappings.get(conversationId);
    const pending = this.#pending().find((one) => one.conversationId === conversationId);
    const last = real.findLast(({ outcome }) => !NO_NEWS.includes(outcome));
    return {
      mapping:
        mapping === undefined
          ? null
          : {
              ...mapping,
              endSeenAt: real.findLast(({ outcome }) => ENDS.includes(outcome))?.decidedAt ?? null,
            },
      request: pending === undefined ? null : asAsked(pending),
      lastOutcome: last === undefined ? null : last,
      intendedAt: this.intended.get(conversationId)?.intendedAt ?? null,
    };
  }

  #pending(): Request[] {
    return this.requested.filter(({ settledAt }) => settledAt === null);
  }

  #open(runId: number): Request[] {
    return this.#pending().filter(({ conversationId }) => !this.#isDone(runId, conversationId));
  }

  #ours({ cutoff, now, runId }: Due): Omit<Mapping, 'endSeenAt'>[] {
    return [...this.mappings.values()].filter(
      (mapping) =>
        (mapping.state === 'open' || (mapping.lastActivityAt ?? 0) > (mapping.stateAt ?? 0)) &&
        ourSide(mapping) < cutoff &&
        (mapping.holdUntil ?? 0) <= now &&
        !this.#isDone(runId, mapping.conversationId),
    );
  }

  #due(due: Due): Omit<Mapping, 'endSeenAt'>[] {
    return this.#ours(due).filter((mapping) => !isResting(mapping, due.now));
  }

  #isDone(runId: number, conversationId: string): boolean {
    return this.outcomes.some((row) => row.runId === runId && row.conversationId === conversationId);
  }

  #real(conversationId: string): Row[] {
    const dry = new Set(this.begun.filter(({ dryRun }) => dryRun).map(({ id }) => id));
    return this.outcomes.filter((row) => row.conversationId === conversationId && !dry.has(row.runId));
  }

  #wasClosedByUs(conversationId: string): boolean {
    return this.#real(conversationId).some(({ outcome }) => outcome === 'closed');
  }
}

function asAsked({ settledAt: _, outcome: __, ...request }: Request): CloseRequest {
  return request;
}

function ourSide({ lastActivityAt, startedAt }: Pick<Mapping, 'lastActivityAt' | 'startedAt'>): Instant {
  return lastActivityAt ?? startedAt;
}

function isResting({ restsUntil: until }: Pick<Mapping, 'restsUntil'>, now: Instant): boolean {
  return until !== null && until > now;
}
