import { createLogUpdate } from 'log-update';
import { humanDuration, type Instant, SECOND } from '../domain/time.ts';
import type { Progress } from '../sweep/context.ts';
import type { Log } from '../sweep/ports.ts';
import type { Context } from './command.ts';
import type { Io } from './io.ts';
import type { Narrator } from './narrator.ts';

/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere, nothing when quiet. */
export interface ProgressView {
  update(progress: Progress): void;
  /** Clears the bar. */
  end(): void;
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

export function createProgressView({ io, log, out, narrator }: Context): ProgressView {
  if (out.quiet) return { update: () => {}, end: () => {} };
  const canRedraw = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  return canRedraw && !out.json ? bar(io, narrator) : lines(io, log);
}

function bar(io: Io, narrator: Narrator): ProgressView {
  const startedAt = io.clock.now();
  const screen = createLogUpdate(io.stderr as NodeJS.WriteStream);
  let latest: Progress | null = null;
  const shown = {
    clear: () => screen.clear(),
    draw: () => {
      if (latest !== null) screen(progressLine(latest, io.clock.now() - startedAt, io.stderr.columns ?? 80));
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

function lines(io: Io, log: Log): ProgressView {
  const startedAt = io.clock.now();
  let toldAt: Instant = startedAt;
  return {
    update: (progress) => {
      const now = io.clock.now();
      if (now - toldAt < LINE_EVERY_MS) return;
      toldAt = now;
      log.info(progressText(progress, now - startedAt).join(', '));
    },
    end: () => {},
  };
}

/** `sweeping ━━━━━━╌╌╌╌ 120/500, 5.0/s, 1m 16s left, waiting 12s for the rate limit`, cut to the width. */
export function progressLine(progress: Progress, elapsedMs: number, columns: number): string {
  const [head, ...rest] = progressText(progress, elapsedMs);
  const share = progress.total === 0 ? 1 : Math.min(1, progress.done / progress.total);
  const full = Math.round(share * BAR_WIDTH);
  const line = `${'━'.repeat(full)}${'╌'.repeat(BAR_WIDTH - full)} ${[head, ...rest].join(', ')}`;
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
