import { interruptExit } from '../domain/errors.ts';
import type { Interrupts } from './context.ts';
import type { Ending } from './ending.ts';

/** Lets a person's interrupts stop the run, and then cut it. Returns what ends that. */
export function listen(interrupts: Interrupts, ending: Ending): () => void {
  const onStop = () => ending.stop(interruptExit(interrupts.stop), 'Interrupted; run again to go on.');
  const onAbort = () => ending.cut('interrupted');
  if (interrupts.stop.aborted) onStop();
  if (interrupts.abort.aborted) onAbort();
  interrupts.stop.addEventListener('abort', onStop);
  interrupts.abort.addEventListener('abort', onAbort);
  return () => {
    interrupts.stop.removeEventListener('abort', onStop);
    interrupts.abort.removeEventListener('abort', onAbort);
  };
}
