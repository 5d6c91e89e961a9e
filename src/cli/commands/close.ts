import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { UNSETTLED } from '../../domain/outcome.ts';
import { humanDuration, SECOND } from '../../domain/time.ts';
import { visible } from '../../report/text.ts';
import type { Answer } from '../../sweep/handover.ts';
import { apiFlag, type Command, type Context } from '../command.ts';
import { hang } from '../render/hang.ts';

const PENDING = 'the request stays, and the next sweep serves it';

/** Closes single conversations, now. */
export const close: Command = {
  usage: 'close [ids..]',
  summary: 'Closes conversations now: reads each one, says what it found, closes it and verifies.',
  examples: [
    ['nightsweep close 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b --reason "by phone"', 'one by its id'],
    ['nightsweep close --session web-81234', 'all open conversations of a session'],
  ],
  positionals: { ids: 'conversation ids' },
  options: {
    session: { value: 'SESSION_ID', describe: 'close all open conversations of this session' },
    reason: { value: 'TEXT', describe: 'why, for the record' },
    force: { describe: 'close even if somebody is active meanwhile' },
    grace: { value: 'DURATION', describe: 'when interrupted, finish what is in hand within this (20s)' },
    rate: { value: 'N', describe: 'requests a minute at most (300)' },
    api: apiFlag(),
  },
  exits: [
    EXIT.incomplete,
    EXIT.auth,
    EXIT.workLeft,
    EXIT.unavailable,
    EXIT.database,
    EXIT.interrupted,
    EXIT.terminated,
  ],
  run: runClose,
};

async function runClose(context: Context): Promise<ExitCode> {
  const { io, args, out } = context;
  const given = args.conversationIds('ids');
  const reason = args.text('reason') ?? null;
  const session = args.text('session');
  if (given.length === 0 && session === undefined) {
    throw new UsageError(
      'close needs conversation ids or --session SESSION_ID; see nightsweep close --help.',
    );
  }
  const { openRecord } = await import('../compose.ts');
  const { serveNow } = await import('../serve-now.ts');
  const store = openRecord(context, 'write');
  try {
    const ofSession = session === undefined ? [] : store.holds.conversationsOf(session);
    if (session !== undefined && ofSession.length === 0) {
      throw new UsageError(`No open conversation is mapped to the session ${session}; close it by its id.`);
    }
    const ids = [...new Set([...given, ...ofSession])];
    const requests = ids.map((conversationId) => ({
      conversationId,
      reason,
      origin: 'cli',
      force: args.flag('force'),
    }));
    const served = await serveNow(context, store, ids, () => {
      store.intake.requestCloses(requests, io.clock.now());
    });
    for (const id of ids) out.print(told(id, served.answers.get(id) ?? null, out.colors.bold));
    out.object(served.json(ids));
    if (ids.length > 1 || served.exitCode !== EXIT.ok)
      out.print(out.quiet ? visible(served.message) : hang(visible(served.message), 0));
    return served.exitCode;
  } finally {
    store.close();
  }
}

/** What became of it, and below that what was found. */
function told(conversationId: string, answer: Answer | null, bold: (text: string) => string): string {
  if (answer === null) return `${conversationId}  ${bold('not attempted')}\n  ${PENDING}`;
  const reason = answer.reason === null ? '' : ` (${answer.reason})`;
  const found = [
    ...(answer.detail === null ? [] : [visible(answer.detail)]),
    ...(answer.idleSeconds === null ? [] : [`idle for ${humanDuration(answer.idleSeconds * SECOND)}`]),
    ...(answer.agentConnected === true ? ['an agent was connected'] : []),
    ...(answer.remoteStatus === 'unknown' ? [] : [`${answer.remoteStatus} when last read`]),
    ...(UNSETTLED.includes(answer.outcome) ? [PENDING] : []),
  ].join('; ');
  const head = `${conversationId}  ${bold(answer.outcome.replace('_', ' '))}${reason}`;
  return found === '' ? head : `${head}\n  ${hang(found, 2)}`;
}
