import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { DAY, MINUTE } from '../../src/domain/time.ts';
import { createIo, runMain, sink } from '../cli/running.ts';
import { httpInFlight } from '../helpers/http-in-flight.ts';
import { quietFor, VirtualClock } from '../helpers/virtual-clock.ts';
import { aPlace, type Place } from './place.ts';
import { stale } from './world.ts';

/**
 * When the first night is: at noon of today, whatever time of the day it is, so that a schedule with an hour of its own
 * means the same to every run of a test.
 */
const FIRST_NIGHT = (Math.floor(Date.now() / DAY) + 0.5) * DAY;

/** A command that runs in this process, on a clock that runs by itself. */
export interface Running {
  /** Resolves when this has been written on stderr, so many times. */
  says(text: string, times?: number): Promise<void>;
  /** The one object of `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: objects of every shape
  object(): Promise<any>;
  stop(): void;
  readonly ended: ReturnType<typeof runMain>;
}

export interface Nights extends Place {
  readonly clock: VirtualClock;
  /** Runs a command of which every night is five minutes after the one before. */
  begin(...argv: string[]): Running;
  /** The same for somebody who could be asked. */
  beginOnTerminal(...argv: string[]): Running;
  /** Stops the clock, until what is returned is called. */
  freeze(): () => void;
  /** Keeps the next request of this route waiting, while the clock goes on. */
  hold(route: 'read' | 'close'): { readonly reached: Promise<void>; goOn(): void };
}

/** A place with so many stale conversations, so long before the first night. */
export async function nightsOf(count: number, beforeMs = MINUTE): Promise<Nights> {
  const clock = new VirtualClock(FIRST_NIGHT - beforeMs);
  const place = await aPlace({ conversations: stale(count), now: clock.now, sleep: clock.sleep });
  Object.assign(place.env, { NIGHTSWEEP_SCHEDULE_CRON: '*/5 * * * *', NIGHTSWEEP_EXPECTED_EVERY: 'none' });
  let held = 0;
  let isFrozen = false;
  const freeze = () => {
    isFrozen = true;
    return () => {
      isFrozen = false;
    };
  };
  const inFlight = httpInFlight(onTestFinished, (origin) => origin === place.url);
  const stopClock = clock.runByItself(() => !isFrozen && inFlight() <= held, quietFor(5));
  onTestFinished(stopClock);

  function beginAt(columns: number | undefined, argv: readonly string[]): Running {
    const stop = new AbortController();
    const abort = new AbortController();
    const stdout = sink();
    const stderr = sink(columns);
    const stdin = Object.assign(new PassThrough(), { isTTY: columns !== undefined });
    const io = createIo(argv, {
      ...{ env: place.env, cwd: place.dir, clock, stdin, stdout, stderr },
      listenForInterrupts: () => ({
        interrupts: { stop: stop.signal, abort: abort.signal },
        unlisten: () => {},
      }),
    });
    const ended = runMain(argv, io);
    onTestFinished(async () => {
      stop.abort(143);
      await ended;
    });
    const until = async (isThere: () => boolean) => {
      let isOver = false;
      const over = ended.then(() => {
        isOver = true;
      });
      while (!isThere()) {
        if (isOver) throw new Error(`It ended before that: ${stderr.text}`);
        await Promise.race([over, new Promise((resolve) => setImmediate(resolve))]);
      }
    };
    return {
      says: (text, times = 1) => until(() => stderr.text.split(text).length > times),
      object: async () => {
        await until(() => stdout.text.endsWith('\n'));
        return JSON.parse(stdout.text);
      },
      stop: () => stop.abort(143),
      ended,
    };
  }

  function hold(wanted: 'read' | 'close') {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let isHeld = false;
    const reached = new Promise<void>((resolve) => {
      place.simulator.intercept(async ({ route }) => {
        if (route !== wanted || isHeld) return null;
        isHeld = true;
        held++;
        resolve();
        await gate;
        held--;
        return null;
      });
    });
    return { reached, goOn: () => goOn() };
  }

  return {
    ...{ ...place, clock, freeze, hold },
    begin: (...argv) => beginAt(undefined, argv),
    beginOnTerminal: (...argv) => beginAt(80, argv),
  };
}
