import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import { humanDuration } from '../../domain/time.ts';
import type { Answer } from '../../sweep/handover.ts';
import type { Command, Context } from '../command.ts';

/** Closes single conversations, now. */
export const close: Command = {
  usage: 'close [ids..]',
  summary: 'Closes conversations now: reads each one, says what it found, closes it and verifies.',
  examples: [
    ['nightsweep close 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b --reason "asked by phone"', 'one by its id'],
    ['nightsweep close --session web-81234', 'all open conversations of a session'],
  ],
  positionals: { ids: 'conversation ids' },
  options: {
    session: { type: 'string', describe: 'close all open conversations of this session' },
    reason: { type: 'string', describe: 'why, for the record' },
    force: { type: 'boolean', describe: 'close even if somebody is active meanwhile' },
    rate: { type: 'string', describe: 'requests a minute at most (300)' },
    api: { type: 'string', describe: 'platform or gateway' },
  },
  exits: [EXIT.incomplete, EXIT.auth, EXIT.unavailable, EXIT.database, EXIT.interrupted, EXIT.terminated],
  run: runClose,
};

async function runClose(context: Context): Promise<ExitCode> {
  const { io, args, out } = context;
  const given = args.conversationIds('ids');
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
      reason: args.text('reason') ?? null,
      origin: 'cli',
      force: args.flag('force'),
    }));
    const served = await serveNow(context, store, ids, () => {
      store.intake.requestCloses(requests, io.clock.now());
    });
    for (const id of ids) out.print(line(id, served.answers.get(id) ?? null, out.colors.bold));
    out.object(served.json(ids));
    if (ids.length > 1 || served.exitCode !== EXIT.ok) out.print(served.message);
    return served.exitCode;
  } finally {
    store.close();
  }
}

function line(conversationId: string, answer: Answer | null, bold: (text: string) => string): string {
  if (answer === null) return `${conversationId}  ${bold('not attempted')}`;
  const found = [
    `it was ${answer.remoteStatus}`,
    ...(answer.idleSeconds === null ? [] : [`idle for ${humanDuration(answer.idleSeconds * 1000)}`]),
    ...(answer.agentConnected === true ? ['an agent was connected'] : []),
  ].join(', ');
  const reason = answer.reason === null ? '' : ` (${answer.reason})`;
  const detail = answer.detail === null ? '' : `\n  ${answer.detail}`;
  return `${conversationId}  ${bold(answer.outcome.replace('_', ' '))}${reason}: ${found}${detail}`;
}
