import { EXIT } from '../domain/errors.ts';
import type { Interrupts } from './context.ts';
import { type Ending, RunEnded } from './ending.ts';

/** The exit code of an interrupt travels as the signal's reason. */
export function listen(interrupts: Interrupts, ending: Ending, abort: AbortController): () => void {
  const onStop = () =>
    ending.stop(
      interrupts.stop.reason === EXIT.terminated ? EXIT.terminated : EXIT.interrupted,
      'Interrupted; run again to go on.',
    );
  const onAbort = () => abort.abort(new RunEnded('interrupted'));
  if (interrupts.stop.aborted) onStop();
  if (interrupts.abort.aborted) onAbort();
  interrupts.stop.addEventListener('abort', onStop);
  interrupts.abort.addEventListener('abort', onAbort);
  return () => {
    interrupts.stop.removeEventListener('abort', onStop);
    interrupts.abort.removeEventListener('abort', onAbort);
  };
}
