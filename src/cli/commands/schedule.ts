import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import type { Store } from '../../store/store.ts';
import type { Command, Context } from '../command.ts';

/** As many as anybody looks at. */
const MOST_SHOWN = 1_000;

/** The nights, one after the other. */
export const schedule: Command = {
  usage: 'schedule',
  summary: 'Runs a sweep whenever schedule.cron says so, until it is stopped.',
  examples: [
    ['nightsweep schedule --cron "30 2 * * *"', 'a sweep every night at half past two'],
    ['nightsweep schedule --next 5', 'when the next five nights are; runs none'],
  ],
  options: {
    cron: {
      value: 'EXPRESSION',
      describe:
        'minute, hour, day, month, weekday (schedule.cron); schedule.timeZone, .jitter and .catchUp are settings, see docs/schedule.md',
    },
    next: { value: 'N', describe: 'show when the next N nights are due, and exit' },
    grace: { value: 'DURATION', describe: 'when stopped, finish what is in hand within this (20s)' },
  },
  exits: [EXIT.database, EXIT.interrupted, EXIT.terminated],
  run: async (context) => {
    const shown = context.args.count('next', 1);
    if (shown !== undefined && shown > MOST_SHOWN) {
      throw new UsageError(`--next cannot be ${shown}; give a number from 1 to ${MOST_SHOWN}.`);
    }
    return shown === undefined ? runSchedule(context) : showNext(context, shown);
  },
};

async function showNext(context: Context, count: number): Promise<ExitCode> {
  const { io, out } = context;
  const { demandSchedule } = await import('../scheduling.ts');
  const { inWords, momentIn, nextOf, scheduleJson } = await import('../render/schedule.ts');
  const inForce = demandSchedule(context);
  const now = io.clock.now();
  const next = nextOf(inForce, now, count);
  const message = `Nights by ${inWords(inForce)}.`;
  const moment = momentIn(inForce.timeZone);
  out.object({ schedule: scheduleJson(inForce), next: next.map(toIso), exitCode: EXIT.ok, message });
  if (!out.quiet) out.print(message);
  for (const at of next) {
    out.print(
      `${moment(at)}  ${out.colors.dim(`${toIso(at).slice(0, 16)}Z  in ${humanDuration(at - now)}`)}`,
    );
  }
  return EXIT.ok;
}

async function runSchedule(context: Context): Promise<ExitCode> {
  const { io, out, log } = context;
  const { createSchedule, demandReady } = await import('../scheduling.ts');
  const { openRecord } = await import('../compose.ts');
  const { listenAloud } = await import('../interrupts.ts');
  const { createProgressView } = await import('../progress.ts');
  const { nightsJson } = await import('../render/schedule.ts');

  const inForce = await demandReady(context);
  const { interrupts, unlisten } = listenAloud(context);
  try {
    const scheduler = createSchedule(context, {
      ...{ inForce, lastBeganAt: lastBeganAt(openRecord(context, 'write')) },
      progress: () => createProgressView(context),
    });
    out.object(nightsJson(inForce, io.clock.now()));
    const inHand = await scheduler.run(interrupts);
    log.info('Stopped.');
    const code = inHand?.exitCode;
    return code === EXIT.interrupted || code === EXIT.terminated ? code : EXIT.ok;
  } finally {
    unlisten();
  }
}

/** Between two nights the record is not kept open. */
function lastBeganAt(store: Store): Instant | null {
  try {
    return store.nights.lastBeganAt();
  } finally {
    store.close();
  }
}
