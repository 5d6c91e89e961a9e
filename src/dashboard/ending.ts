import { EXIT } from '../domain/errors.ts';
import { type Run, troubleOf } from '../domain/run.ts';
import { count } from '../report/formats/html/words.ts';

/** How a run ended, without whose it was and when. */
export interface Ending {
  readonly tone: 'good' | 'watch' | 'bad';
  /** As those of a verdict. */
  readonly word: string;
  readonly short: string;
  readonly said: string;
  readonly todo?: string;
  /** Whether the message of the run is what to do. */
  readonly isExplained?: boolean;
}

const GOES_ON = 'Run “nightsweep sweep”: it settles what was in hand, and goes on with the rest.';

/** What there is to say of a run that is not at work any more. */
export function endingOf(run: Run): Ending {
  const { closed, left } = run.counts;
  const trouble = troubleOf(run.counts);
  const done = closed === 0 ? 'ran and had nothing to close' : `ran and closed ${count(closed)}`;
  const bad = (word: string, said: string): Ending => ({
    tone: 'bad',
    word,
    short: word.toLowerCase(),
    said,
  });
  if (run.state === 'running') return { ...bad('Died', 'died: its process is gone'), todo: GOES_ON };
  switch (run.exitCode) {
    case EXIT.ok:
      return { tone: 'good', word: 'Ran', short: `closed ${count(closed)}`, said: done };
    case EXIT.incomplete:
      return {
        ...{ tone: 'watch', word: 'Ran, with trouble' },
        short: `closed ${count(closed)}${trouble === 0 ? '' : `, ${count(trouble)} not`}`,
        said: `${done}, but ${trouble === 0 ? 'not all went well' : `${count(trouble)} did not go well`}`,
      };
    case EXIT.workLeft:
      return {
        ...{ tone: 'watch', word: 'Work left', short: `closed ${count(closed)}, ${count(left)} left` },
        said: `closed ${count(closed)} and left ${count(left)} for the next`,
        todo: 'If this is so every night, raise maxCloses or maxDuration.',
      };
    case EXIT.refused:
      return { ...bad('Refused', 'was refused by a guard'), isExplained: true };
    case EXIT.auth:
      return { ...bad('Not let in', 'was not let in by Genesys Cloud'), todo: 'Run “nightsweep doctor”.' };
    case EXIT.unavailable:
      // Out of reach, closes without effect, or no requests left today: the run says which.
      return { ...bad('Stopped', 'stopped before it was done'), isExplained: true };
    case EXIT.database:
      return { ...bad('Database', 'could not keep its record'), todo: 'Run “nightsweep db check”.' };
    case EXIT.interrupted:
    case EXIT.terminated:
    case null:
      return { ...bad('Interrupted', `was interrupted after closing ${count(closed)}`), todo: GOES_ON };
    default:
      return bad('Failed', `failed, with exit code ${run.exitCode}`);
  }
}
