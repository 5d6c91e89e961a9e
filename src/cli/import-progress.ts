import { humanDuration, SECOND } from '../domain/time.ts';
import type { ImportProgress } from '../intake/source.ts';
import type { Context } from './command.ts';
import { barOf, createView, cutTo, type View } from './progress.ts';

const LINE_EVERY_MS = 10 * SECOND;
const WIDEST_BAR = 24;
const NARROWEST_BAR = 8;
const MB = 1_000_000;

/** Shows how far an import is. `totalBytes` null: nobody knows where its end is. */
export function createImportView(context: Context, totalBytes: number | null): Promise<View<ImportProgress>> {
  return createView(context, {
    line: (progress, elapsedMs, columns) => importLine(progress, totalBytes, elapsedMs, columns),
    text: (progress, elapsedMs) => importText(progress, totalBytes, elapsedMs),
    lineEveryMs: LINE_EVERY_MS,
  });
}

/** `━━━━╌╌╌╌ 312000 rows, 24 of 78 MB, 12 rejected, 21400/s, 31s left`, the bar as wide as there is room. */
export function importLine(
  progress: ImportProgress,
  totalBytes: number | null,
  elapsedMs: number,
  columns: number,
): string {
  const text = importText(progress, totalBytes, elapsedMs);
  const room = Math.min(WIDEST_BAR, columns - text.length - 2);
  if (totalBytes === null || room < NARROWEST_BAR) return cutTo(columns, text);
  return `${barOf(totalBytes === 0 ? 1 : progress.bytes / totalBytes, room)} ${text}`;
}

export function importText(
  { rows, rejected, bytes }: ImportProgress,
  totalBytes: number | null,
  elapsedMs: number,
): string {
  const perSecond = (n: number) => (elapsedMs > 0 ? (n * SECOND) / elapsedMs : 0);
  const left = totalBytes === null ? 0 : totalBytes - bytes;
  return [
    `${rows} rows`,
    totalBytes === null ? megabytes(bytes) : `${megabytes(bytes, '')} of ${megabytes(totalBytes)}`,
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    `${Math.round(perSecond(rows))}/s`,
    ...(perSecond(bytes) > 0 && left > 0
      ? [`${humanDuration((left / perSecond(bytes)) * SECOND)} left`]
      : []),
  ].join(', ');
}

function megabytes(bytes: number, unit = ' MB'): string {
  const value = bytes / MB;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${unit}`;
}
