import { EXIT, type ExitCode, worstExit } from '../domain/errors.ts';
import { type Counts, type RunKind, type RunState, troubleOf } from '../domain/run.ts';
import { counted } from '../domain/text.ts';
import type { Ending } from './ending.ts';

/** How a run ended, for its row, its JSON and cron's mail. */
export interface Conclusion {
  readonly state: RunState;
  readonly exitCode: ExitCode;
  /** One line: what was done, why the code is not 0, and what to do next. */
  readonly message: string;
}

/**
 * `unread` counts the intents that stay because what became of the close could not be read.
 */
export function conclude(options: {
  kind: RunKind;
  dryRun: boolean;
  counts: Readonly<Counts>;
  ending: Pick<Ending, 'codes' | 'sentences'>;
  unread: number;
  maxCloses: number;
}): Conclusion {
  const { counts, ending, unread } = options;
  const codes: ExitCode[] = [...ending.codes];
  const sentences = [...ending.sentences];

  const troubled = troubleOf(counts) + unread;
  const notClosed = options.kind === 'close' ? counts.kept + counts.notFound + counts.notAttempted : 0;
  if (troubled > 0 || notClosed > 0) codes.push(EXIT.incomplete);
  if (counts.notFound >= MANY_UNKNOWN && counts.notFound === counts.inspected) {
    codes.push(EXIT.incomplete);
    sentences.push(
      `Genesys Cloud knows none of the ${counts.notFound} that were read: check region, organisation and api, and set expectOrganization.`,
    );
  }
  if (counts.failed > 0) sentences.push(`${counts.failed} failed: see nightsweep runs for why.`);
  if (counts.unconfirmed > 0) {
    sentences.push(`${counts.unconfirmed} did not show as ended in time: the next run looks again.`);
  }
  if (counts.expired > 0) {
    sentences.push(`${counted(counts.expired, 'close request')} had become too old: ask again.`);
  }
  if (counts.resting > 0) {
    sentences.push(
      `${counts.resting} could not be closed three nights running and ${counts.resting === 1 ? 'is' : 'are'} tried once a week: nightsweep doctor lists what to report to Genesys.`,
    );
  }
  if (unread > 0) sentences.push(`${unread} could not be read after the close: the next run finds out.`);
  if (options.dryRun && counts.wouldClose > options.maxCloses) {
    sentences.push(`A real run would stop after ${options.maxCloses} (maxCloses).`);
  }
  const exitCode = worstExit(codes);
  return {
    state: stateOf(exitCode),
    exitCode,
    message: [summary(counts, options.dryRun), ...sentences].join(' '),
  };
}

/** Fewer may well have been removed over there. */
const MANY_UNKNOWN = 10;

function stateOf(exitCode: ExitCode): RunState {
  switch (exitCode) {
    case EXIT.ok:
    case EXIT.incomplete:
      return 'done';
    case EXIT.refused:
      return 'refused';
    case EXIT.workLeft:
    case EXIT.unavailable:
      return 'stopped';
    case EXIT.interrupted:
    case EXIT.terminated:
      return 'interrupted';
    default:
      return 'failed';
  }
}

function summary(counts: Readonly<Counts>, dryRun: boolean): string {
  const parts = dryRun ? [`Would close ${counts.wouldClose}`] : [`Closed ${counts.closed}`];
  parts.push(`kept ${counts.kept}`, `${counts.alreadyClosed} had already ended`);
  if (counts.notFound > 0) parts.push(`${counts.notFound} not found`);
  if (counts.notAttempted > 0) parts.push(`${counts.notAttempted} not attempted`);
  if (counts.reopened > 0) parts.push(`${counts.reopened} had been reopened`);
  if (counts.recovered > 0) parts.push(`${counts.recovered} recovered`);
  parts.push(`${counts.left} left`);
  return `${parts.join(', ')}.`;
}
