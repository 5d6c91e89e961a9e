import { formatDuration } from '../../config/duration.ts';
import { EXIT, type ExitCode, interruptExit, UsageError } from '../../domain/errors.ts';
import { counted } from '../../domain/text.ts';
import { DAY, startOfUtcDay, toIso } from '../../domain/time.ts';
import type { PruneBatch, PruneScope } from '../../store/prune.ts';
import type { Store } from '../../store/store.ts';
import type { Lease } from '../../sweep/ports.ts';
import type { Command, Context } from '../command.ts';
import { humanBytes } from '../render/bytes.ts';
import { hang } from '../render/hang.ts';

/** Last month's questions are asked again; a slip of the keyboard must not cost the record of it. */
const SHORTEST_KEEP_MS = 30 * DAY;

/** Removes what is old from the record, without changing what reports say. */
export const dbPrune: Command = {
  usage: 'db prune',
  summary:
    'Removes old outcomes after summarising them, so that reports stay as they are; says what it would do, and does it with --yes.',
  examples: [
    ['nightsweep db prune --keep 400d', 'what would be removed? nothing is changed'],
    ['nightsweep db prune --keep 400d --yes', 'remove it'],
  ],
  options: {
    keep: { value: 'DURATION', describe: 'keep this long in every detail, 30d at least' },
    yes: { describe: 'do it' },
  },
  exits: [EXIT.database, EXIT.leaseHeld, EXIT.interrupted, EXIT.terminated],
  run: async (context: Context): Promise<ExitCode> => {
    const { args, out, log } = context;
    const scope = scopeOf(context);
    const yes = args.flag('yes');
    const { databasePath, openRecord } = await import('../compose.ts');
    const { createLease } = await import('../../store/lease.ts');
    const store = openRecord(context, yes ? 'write' : 'read');
    try {
      const result = yes ? await underLease(context, store, scope, createLease(databasePath(context))) : null;
      const { total, exitCode } = result ?? { total: await look(context, store, scope), exitCode: EXIT.ok };
      const message = messageOf(total, scope, yes, exitCode);
      out.object({ ...json(total, scope), removed: yes, exitCode, message });
      if (!out.quiet && total.days.size > 0) out.print(details(total));
      out.print(hang(message, 0));
      if (yes && total.days.size > 0) {
        log.info('The file keeps its size and fills the space again; db backup writes a compact copy.');
      }
      return exitCode;
    } finally {
      store.close();
    }
  },
};

/** @throws UsageError without a sensible --keep */
function scopeOf({ args, io, config }: Context): PruneScope {
  const keepMs = args.durationMs('keep');
  if (keepMs === undefined) {
    throw new UsageError(
      'db prune needs --keep DURATION, such as 400d: how long to keep every outcome in detail.',
    );
  }
  if (keepMs < SHORTEST_KEEP_MS) {
    throw new UsageError(
      `--keep ${formatDuration(keepMs)} is too short: the detail of the last ${formatDuration(SHORTEST_KEEP_MS)} is always kept; give ${formatDuration(SHORTEST_KEEP_MS)} or more.`,
    );
  }
  const now = io.clock.now();
  const watchedSince = now - config().config.reopenWatchMs;
  return { before: startOfUtcDay(Math.min(now - keepMs, watchedSince)), watchedSince };
}

interface Total {
  outcomes: number;
  dryOutcomes: number;
  needed: number;
  rejects: number;
  events: number;
  bytes: number;
  readonly days: Set<string>;
}

/** Goes through all that is old, batch by batch; between two of them others may write, and an interrupt is heard. */
async function throughAll(
  { io }: Context,
  signal: AbortSignal,
  step: (after: PruneBatch['next']) => PruneBatch,
  total: Total,
): Promise<void> {
  let after: PruneBatch['next'] = null;
  do {
    const batch: PruneBatch = step(after);
    total.outcomes += batch.outcomes;
    total.dryOutcomes += batch.dryOutcomes;
    total.needed += batch.needed;
    for (const day of batch.days) total.days.add(day);
    after = batch.next;
    await io.clock.sleep(0, signal).catch(() => {});
  } while (after !== null && !signal.aborted);
}

const nothing = (): Total => ({
  outcomes: 0,
  dryOutcomes: 0,
  needed: 0,
  rejects: 0,
  events: 0,
  bytes: 0,
  days: new Set(),
});

async function look(context: Context, { pruning }: Store, scope: PruneScope): Promise<Total> {
  const total = nothing();
  const never = new AbortController().signal;
  await throughAll(context, never, (after) => pruning.lookAtOutcomes(scope, after), total);
  total.rejects = pruning.countRejects(scope);
  total.events = pruning.countEvents(scope);
  total.bytes = pruning.bytesOf({
    outcomes: total.outcomes + total.dryOutcomes,
    import_rejects: total.rejects,
    events: total.events,
  });
  return total;
}

/** @throws LeaseHeldError when a run holds it: nothing is taken away from under one */
async function underLease(
  context: Context,
  store: Store,
  scope: PruneScope,
  lease: Lease,
): Promise<{ total: Total; exitCode: ExitCode }> {
  const { takeLease } = await import('../../sweep/take-lease.ts');
  const { interrupts, unlisten } = context.io.listenForInterrupts();
  let release = () => {};
  try {
    release = await takeLease({ lease, runs: store.runs, clock: context.io.clock }, interrupts.stop);
    const { pruning } = store;
    const total = nothing();
    const freeBefore = pruning.freeBytes();
    await throughAll(
      context,
      interrupts.stop,
      (after) => {
        const batch = pruning.removeOutcomes(scope, after);
        context.log.debug(`removed ${batch.outcomes + batch.dryOutcomes} outcomes`);
        return batch;
      },
      total,
    );
    const untilNone = async (remove: () => number) => {
      let removed = 0;
      for (let n = -1; n !== 0 && !interrupts.stop.aborted; removed += n) {
        n = remove();
        await context.io.clock.sleep(0, interrupts.stop).catch(() => {});
      }
      return removed;
    };
    total.rejects = await untilNone(() => pruning.removeRejects(scope));
    total.events = await untilNone(() => pruning.removeEvents(scope));
    total.bytes = Math.max(0, pruning.freeBytes() - freeBefore);
    return { total, exitCode: interrupts.stop.aborted ? interruptExit(interrupts.stop) : EXIT.ok };
  } finally {
    unlisten();
    release();
  }
}

function json(total: Total, { before }: PruneScope): object {
  const days = [...total.days].sort();
  return {
    before: toIso(before),
    days: days.length,
    firstDay: days[0] ?? null,
    lastDay: days.at(-1) ?? null,
    outcomes: total.outcomes,
    dryOutcomes: total.dryOutcomes,
    rejects: total.rejects,
    events: total.events,
    stillNeeded: total.needed,
    bytes: total.bytes,
  };
}

function details({ outcomes, dryOutcomes, rejects, events, needed, bytes }: Total): string {
  const rows: [string, number, string][] = [
    ['outcomes', outcomes, 'reports count them from summaries'],
    ['of dry runs', dryOutcomes, 'they count in no report'],
    ['rejected rows', rejects, 'of imports, whose counts stay'],
    ['events', events, 'of webhooks, which are settled'],
    ['still needed', needed, 'they stay'],
  ];
  return [
    ...rows
      .filter(([, n]) => n > 0)
      .map(([name, n, remark]) => `  ${name.padEnd(14)} ${String(n).padStart(9)}  ${remark}`),
    `  ${'space'.padEnd(14)} ${humanBytes(bytes).padStart(9)}  about so much becomes free within the file`,
  ].join('\n');
}

function messageOf(total: Total, { before }: PruneScope, yes: boolean, exitCode: ExitCode): string {
  const day = toIso(before).slice(0, 10);
  const stopped = exitCode === EXIT.ok ? '' : 'Interrupted; run again to go on. ';
  const n = total.outcomes + total.dryOutcomes;
  if (n + total.rejects + total.events === 0) {
    return `${stopped}Nothing from before ${day} (UTC) is left to remove.`;
  }
  const kinds = [
    ...(n > 0 ? [`${counted(n, 'outcome')} of ${counted(total.days.size, 'day')}`] : []),
    ...(total.rejects > 0 ? [counted(total.rejects, 'rejected row')] : []),
    ...(total.events > 0 ? [counted(total.events, 'event')] : []),
  ];
  const what = kinds.join(', ').replace(/, ([^,]*)$/, ' and $1');
  return yes
    ? `${stopped}Removed ${what} from before ${day} (UTC).`
    : `Would remove ${what} from before ${day} (UTC). Nothing was changed; do it with --yes.`;
}
