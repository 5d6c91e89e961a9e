import type { Conversation } from '../../domain/conversation.ts';
import { ApiError, EXIT, type ExitCode, ExpectedError, UsageError } from '../../domain/errors.ts';
import type { SessionConversation } from '../../report/ports.ts';
import { apiFlag, type Command, type Context } from '../command.ts';

/** Why one conversation was or was not closed. */
export const explain: Command = {
  usage: 'explain [id]',
  summary: 'Tells everything about one conversation: both sides, its record, and every rule of the policy.',
  examples: [
    ['nightsweep explain 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b', 'reads it once, closes nothing'],
    ['nightsweep explain 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b --offline', 'from the record only'],
    ['nightsweep explain --session web-81234', 'by the session in your own system'],
  ],
  positionals: { id: 'conversation id' },
  options: {
    session: { value: 'SESSION_ID', describe: 'the conversation of this session, or a list of several' },
    offline: { describe: 'do not read it from Genesys Cloud' },
    'stale-after': { value: 'DURATION', describe: 'as for sweep' },
    api: apiFlag(),
  },
  exits: [EXIT.database],
  run: runExplain,
};

async function runExplain(context: Context): Promise<ExitCode> {
  const { io, args, out } = context;
  const [given] = args.conversationIds('id');
  const session = args.text('session');
  if ((given === undefined) === (session === undefined)) {
    throw new UsageError('explain needs one conversation id, or --session SESSION_ID instead.');
  }
  const { config } = context.config();
  const { openRecord } = await import('../compose.ts');
  const { explain: explainOne } = await import('../../report/explain.ts');
  const store = openRecord(context, 'read');
  try {
    const conversationId =
      given ?? (await onlyOne(context, session ?? '', store.report.conversationsOf(session ?? '')));
    if (conversationId === null) return EXIT.ok;
    const remote = args.flag('offline') ? null : await readNow(context, conversationId);
    const explanation = explainOne({
      conversationId,
      history: store.report.history(conversationId),
      remote,
      policy: config.policy,
      now: io.clock.now(),
    });
    const { explanationJson } = await import('../../report/formats/explain-json.ts');
    const { renderExplanation } = await import('../../report/formats/explain-text.ts');
    out.object(explanationJson(explanation));
    out.print(renderExplanation(explanation));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/**
 * The conversation of a session; null when it has several, which are listed to choose from.
 * @throws UsageError when it has none
 */
async function onlyOne(
  { out }: Context,
  sessionId: string,
  conversations: readonly SessionConversation[],
): Promise<string | null> {
  const [first] = conversations;
  if (first === undefined) {
    throw new UsageError(
      `No conversation is mapped to the session ${sessionId}; explain the conversation by its id, or import the mapping.`,
    );
  }
  if (conversations.length === 1) return first.conversationId;
  const { sessionJson, sessionText } = await import('../render/session.ts');
  out.object(sessionJson(sessionId, conversations));
  out.print(sessionText(sessionId, conversations, out.colors));
  return null;
}

/** Null, with a warning, when it cannot be read: the record alone is worth having at 3 a.m. */
async function readNow(context: Context, conversationId: string): Promise<Conversation | 'not_found' | null> {
  const { connect } = await import('../compose.ts');
  const { interrupts, unlisten } = context.io.listenForInterrupts();
  try {
    const client = await connect(context, interrupts.stop);
    try {
      const trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
      const found = await client.conversations.read(conversationId, { signal: interrupts.stop, trace });
      return found ?? 'not_found';
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ExpectedError)) throw error;
    context.log.warn(`It was not read from Genesys Cloud: ${error.message}`);
    return null;
  } finally {
    unlisten();
  }
}
