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
  /** What somebody has to do about it, with the whole command. */
  readonly errand?: string;
  /** Whether the message of the run says why, and is to be read first. */
  readonly isExplained?: boolean;
}

/** A guard that can be overruled names the option that does it. */
function errandOfRefusal(message: string): string {
  const [accept] = /--accept-\w+/.exec(message) ?? [];
  return accept === undefined
    ? 'Set right what it says; run “nightsweep sweep --dry-run” to see whether that was enough, then “nightsweep sweep”.'
    : `Run “nightsweep sweep --dry-run” and look at what it would close; where that is right, run “nightsweep sweep ${accept}” once.`;
}

/** Closes that took no effect are for Genesys to explain; anything else is between here and there. */
function errandOfStop({ unconfirmed }: Run['counts']): string {
  return unconfirmed > 0
    ? 'Look at one of these conversations in Genesys Cloud, and report them there with the correlation ids that “nightsweep report” lists; “nightsweep sweep” looks again whether they have ended, and goes on with the rest.'
    : 'Run “nightsweep doctor”, which asks Genesys Cloud for an answer; then “nightsweep sweep” goes on with the rest.';
}

/** Of what has failed in no known way. */
export const DOCTOR = 'Run “nightsweep doctor”, which says what is in its way; then “nightsweep sweep”.';
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
  if (run.state === 'running') return { ...bad('Died', 'died: its process is gone'), errand: GOES_ON };
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
        errand: 'If this is so every night, raise maxCloses or maxDuration.',
      };
    case EXIT.refused:
      return {
        ...bad('Refused', 'was refused by a guard'),
        isExplained: true,
        errand: errandOfRefusal(run.message ?? ''),
      };
    case EXIT.auth:
      return {
        ...bad('Not let in', 'was not let in by Genesys Cloud'),
        errand:
          'Run “nightsweep doctor”, which says what is wrong with the credentials; then “nightsweep sweep”.',
      };
    case EXIT.unavailable:
      // Out of reach, closes without effect, or no requests left today: the run says which.
      return {
        ...bad('Stopped', 'stopped before it was done'),
        isExplained: true,
        errand: errandOfStop(run.counts),
      };
    case EXIT.database:
      return {
        ...bad('Database', 'could not keep its record'),
        errand: 'Run “nightsweep db check”, which says what can be done; then “nightsweep sweep”.',
      };
    case EXIT.interrupted:
    case EXIT.terminated:
    case null:
      return { ...bad('Interrupted', `was interrupted after closing ${count(closed)}`), errand: GOES_ON };
    default:
      return { ...bad('Failed', `failed, with exit code ${run.exitCode}`), errand: DOCTOR };
  }
}
