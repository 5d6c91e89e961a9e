import type { Closer } from './closer.ts';
import type { Clock } from './ports.ts';
import { toOutcome } from './recorder.ts';

/** The closer of dry runs: says what it would close, and sends and changes nothing. */
export function createDryCloser(clock: Clock): Closer {
  return {
    close: async ({ conversation, known, decision }, context) =>
      toOutcome(conversation.id, known, conversation, context.trace, clock.now(), {
        outcome: 'would_close',
        reason: decision.reason,
        detail: decision.sentence,
      }),
  };
}
