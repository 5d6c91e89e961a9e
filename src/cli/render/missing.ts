import type { MissingFound, MissingMapping } from '../../discover/missing.ts';
import type { Period } from '../../discover/ports.ts';
import type { ExitCode } from '../../domain/errors.ts';
import type { RequestFigures } from '../../domain/run.ts';
import { shortened } from '../../domain/text.ts';
import { toIso } from '../../domain/time.ts';
import { visible } from '../../report/text.ts';
import type { Colors } from '../output.ts';
import { minute } from './discovered.ts';
import { hang } from './hang.ts';
import { requestsText } from './run.ts';
import { numberTable } from './table.ts';

/** What was found missing. */
export interface ListedMissing {
  readonly found: MissingFound;
  readonly period: Period;
  readonly exitCode: ExitCode;
  readonly requests: RequestFigures;
}

/** The public object of `discover --missing --json`. */
export function missingJson(listed: ListedMissing): object {
  const { found, period, requests, exitCode } = listed;
  return {
    since: toIso(period.since),
    until: toIso(period.until),
    mappings: found.missing.map((one) => ({
      conversationId: one.conversationId,
      sessionId: one.sessionId,
      startedAt: toIso(one.startedAt),
      lastActivityAt: one.lastActivityAt === null ? null : toIso(one.lastActivityAt),
      verified: one.verified?.result ?? null,
      why: one.verified?.why ?? null,
    })),
    counts: { missing: found.missing.length, asked: found.asked },
    complete: found.stop === null,
    requests,
    exitCode,
    message: missingMessage(listed),
  };
}

/** How many are shown at a terminal; all are in `--json`. */
const SHOWN = 100;
const SESSION_WIDTH = 12;

/** The same for people. */
export function missingText(listed: ListedMissing, colors: Colors): string {
  const { missing } = listed.found;
  const more = missing.length - SHOWN;
  const table = numberTable(
    ['conversation', 'started (UTC)', 'session', 'read'],
    missing
      .slice(0, SHOWN)
      .map((one) => [
        one.conversationId,
        minute(one.startedAt),
        shortened(one.sessionId, SESSION_WIDTH),
        one.verified?.result.replace('_', ' ') ?? '',
      ]),
    colors,
  );
  return [
    ...(missing.length > 0 ? [table] : []),
    ...(more > 0 ? [`and ${more} more; all are in --json`] : []),
    ...(missing.length > 0 ? [''] : []),
    ...failures(missing).map((why) => `  ${hang(`could not be read: ${visible(why)}`, 4)}`),
    hang(visible(missingMessage(listed)), 0),
    colors.dim(hang(NOTE, 0)),
    colors.dim(requestsText(listed.requests)),
  ].join('\n');
}

const NOTE =
  'Analytics may not know very old or very new conversations: only a 404 proves one missing. Nothing was recorded; the next sweep reads each that is due, and what is not found becomes gone.';

/** Each reason once. */
function failures(missing: readonly MissingMapping[]): string[] {
  const reasons = missing.flatMap(({ verified }) =>
    verified?.result === 'failed' ? [verified.why ?? ''] : [],
  );
  return [...new Set(reasons)];
}

/** The one-line summary. */
export function missingMessage({ found }: ListedMissing): string {
  const { missing, asked, stop } = found;
  const proven = missing.filter(({ verified }) => verified?.result === 'not_found').length;
  const isVerified = missing.some(({ verified }) => verified !== null);
  return [
    `${missing.length} of ${asked} open mappings ${missing.length === 1 ? 'is' : 'are'} not known to analytics.`,
    ...(isVerified ? [`${proven} of these ${proven === 1 ? 'does' : 'do'} not exist.`] : []),
    ...(stop === null ? [] : ['The list is not complete.', stop.sentence]),
  ].join(' ');
}
