import { humanDuration, type Instant, SECOND } from '../domain/time.ts';
import type { Progress } from '../sweep/context.ts';
import type { Log } from '../sweep/ports.ts';
import type { Context } from './command.ts';
import type { Io } from './io.ts';
import type { Narrator } from './narrator.ts';

/** Shows how far something is: a bar on a terminal, a line now and then elsewhere, nothing when quiet. */
export interface View<T> {
  update(progress: T): void;
  /** Clears the bar. */
  end(): void;
}

/** How far a run is. */
export type ProgressView = View<Progress>;

/** For whom nobody watches. */
export const NO_PROGRESS: ProgressView = { update: () => {}, end: () => {} };

/** What is to be seen of it. */
export interface Look<T> {
  /** On a terminal of so many columns. */
  line(progress: T, elapsedMs: number, columns: number): string;
  /** Elsewhere. */
  text(progress: T, elapsedMs: number): string;
  /** Elsewhere, a line comes this often at most. */
  readonly lineEveryMs: number;
}

const LINE_EVERY_MS = 30 * SECOND;
const REDRAW_EVERY_MS = SECOND / 4;
const BAR_WIDTH = 24;

const DOING: Readonly<Record<Progress['phase'], string>> = {
  recovering: 'recovering',
  syncing: 'reading the source',
  requests: 'close requests',
  sweeping: 'sweeping',
  watching: 'watching for reopened',
};

export function createProgressView(context: Context): Promise<ProgressView> {
  return createView(context, {
    line: progressLine,
    text: (progress, elapsedMs) => progressText(progress, elapsedMs).join(', '),
    lineEveryMs: LINE_EVERY_MS,
  });
}

export async function createView<T>({ io, log, out, narrator }: Context, look: Look<T>): Promise<View<T>> {
  if (out.quiet) return { update: () => {}, end: () => {} };
  return canRedraw(io) && !out.json ? bar(io, narrator, look) : lines(io, log, look);
}

const canRedraw = ({ stderr, env }: Io) => stderr.isTTY === true && env.TERM !== 'dumb';

/** Only a terminal needs it, and it takes a while to load. */
const theScreen = () => import('log-update');

/** Loads what views need here: whoever shows the first one weeks later may find other files on the disk. */
export async function loadForViews({ io }: Context): Promise<void> {
  if (canRedraw(io)) await theScreen();
}

async function bar<T>(io: Io, narrator: Narrator, look: Look<T>): Promise<View<T>> {
  const startedAt = io.clock.now();
  const { createLogUpdate } = await theScreen();
  const screen = createLogUpdate(io.stderr as NodeJS.WriteStream);
  let latest: T | null = null;
  const shown = {
    clear: () => screen.clear(),
    draw: () => {
      if (latest !== null) screen(look.line(latest, io.clock.now() - startedAt, io.stderr.columns ?? 80));
    },
  };
  narrator.show(shown);
  // Waiting for the rate limit brings no news, yet its seconds should count down.
  const timer = setInterval(narrator.redraw, REDRAW_EVERY_MS);
  timer.unref();
  return {
    update: (progress) => {
      latest = progress;
    },
    end: () => {
      clearInterval(timer);
      narrator.show(null);
      screen.done();
    },
  };
}

function lines<T>(io: Io, log: Log, look: Look<T>): View<T> {
  const startedAt = io.clock.now();
  let toldAt: Instant = startedAt;
  return {
    update: (progress) => {
      const now = io.clock.now();
      if (now - toldAt < look.lineEveryMs) return;
      toldAt = now;
      log.info(look.text(progress, now - startedAt));
    },
    end: () => {},
  };
}

/** `sweeping ━━━━━━╌╌╌╌ 120/500, 5.0/s, 1m 16s left, waiting 12s for the rate limit`, cut to the width. */
export function progressLine(progress: Progress, elapsedMs: number, columns: number): string {
  const [head, ...rest] = progressText(progress, elapsedMs);
  const share = progress.total === 0 ? 1 : progress.done / progress.total;
  return cutTo(columns, `${barOf(share, BAR_WIDTH)} ${[head, ...rest].join(', ')}`);
}

/** `━━━━━━╌╌╌╌`: how much of it is done. */
export function barOf(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return `${'━'.repeat(full)}${'╌'.repeat(width - full)}`;
}

export function cutTo(columns: number, line: string): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

function progressText({ phase, done, total, counts, waitingMs }: Progress, elapsedMs: number): string[] {
  const perSecond = elapsedMs > 0 ? (done * SECOND) / elapsedMs : 0;
  const left = Math.max(0, total - done);
  return [
    `${DOING[phase]} ${done}/${Math.max(total, done)}`,
    counts.wouldClose > 0 ? `${counts.wouldClose} to close` : `${counts.closed} closed`,
    `${perSecond.toFixed(1)}/s`,
    ...(perSecond > 0 && left > 0 ? [`${humanDuration((left / perSecond) * SECOND)} left`] : []),
    ...(waitingMs > 0 ? [`waiting ${Math.ceil(waitingMs / SECOND)} s for the rate limit`] : []),
  ];
}
