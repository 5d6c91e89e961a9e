import { type Conversation, isEnded } from '../domain/conversation.ts';
import { ApiError } from '../domain/errors.ts';
import { type Instant, SECOND } from '../domain/time.ts';
import { type Ending, endBy } from './ending.ts';
import type { CallContext, Clock, ConversationApi } from './ports.ts';

/** What reading again has shown. */
export type Verdict =
  | { readonly kind: 'ended'; readonly conversation: Conversation }
  /** The last read showed it active; it is known of the moment at which that was begun, however long its answer took. */
  | { readonly kind: 'active'; readonly conversation: Conversation; readonly asOf: Instant }
  | { readonly kind: 'gone' }
  /** The last read failed or could not be understood: nothing is proven either way. */
  | { readonly kind: 'unread'; readonly error: ApiError };

interface Reads {
  readonly api: ConversationApi;
  readonly clock: Clock;
  readonly context: CallContext;
}

const FIRST_WAIT_MS = 1 * SECOND;

/**
 * Reads again, after about a second and then with growing waits, until the end shows or `until` has passed. The last
 * read is made at `until` or, when that has passed already, at once.
 *
 * Throws what ends the run, and the ApiError of a deadline.
 */
export async function verify(conversationId: string, until: Instant, parts: Reads): Promise<Verdict> {
  const { api, clock, context } = parts;
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    const left = until - clock.now();
    if (left > 0) await clock.sleep(Math.min(wait, left), context.signal);
    // What was asked before then says nothing of then, however late its answer comes.
    const asOf = clock.now();
    const verdict = await readVerdict(conversationId, asOf, { api, context: { ...context, urgent: true } });
    if (verdict.kind === 'ended' || verdict.kind === 'gone' || asOf >= until) return verdict;
  }
}

/** What has cut the reading short; ends the run where that is what it does. Throws any other error on. */
export function whyUnread(error: unknown, ending: Ending): ApiError {
  if (error instanceof ApiError) return error;
  endBy(error, ending);
  return new ApiError('the run ended before it was verified', { failure: 'lost' });
}

/** One read, begun now, as a verdict. */
async function readVerdict(
  conversationId: string,
  asOf: Instant,
  { api, context }: Pick<Reads, 'api' | 'context'>,
): Promise<Verdict> {
  try {
    const conversation = await api.read(conversationId, context);
    if (conversation === null) return { kind: 'gone' };
    if (conversation.status === 'unknown') {
      const problem = conversation.problem ?? 'no reason given';
      const error = new ApiError(`the reply could not be understood: ${problem}`, { failure: 'not_json' });
      return { kind: 'unread', error };
    }
    return isEnded(conversation) ? { kind: 'ended', conversation } : { kind: 'active', conversation, asOf };
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'unread', error };
    throw error;
  }
}
