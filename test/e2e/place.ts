import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import Database from '../../src/store/sqlite.ts';
import { type Child, CLIENT, type Ended, PROGRAM, startChild } from './child.ts';
import { runHere } from './here.ts';

/** Nothing listens there. */
export const CLOSED_PORT = 'http://127.0.0.1:1';

/** A simulator, an empty folder, and the program to run in it. */
export interface Place {
  readonly dir: string;
  readonly url: string;
  /** The path of the database. */
  readonly database: string;
  readonly simulator: Simulator;
  /** Added to, or taken from (undefined), the environment of every later command. */
  readonly env: Record<string, string | undefined>;
  /** Every later child is started by way of this command. */
  through: readonly string[];
  /** The path of the program that every later child runs. */
  program: string;
  /** Runs a command of the built program to its end, in a child. */
  run(...argv: string[]): Promise<Ended>;
  /** Runs a command to its end in this process: wherever a test is not about the process. */
  runHere(...argv: string[]): Promise<Ended>;
  /** Starts a command of the built program; it is killed when the place is left. */
  start(...argv: string[]): Child;
  /** Writes a file into the folder and returns its name. */
  file(name: string, content: string | Uint8Array): string;
  /** Rows of the database, as the user's own program would read them. */
  // biome-ignore lint/suspicious/noExplicitAny: rows of every table
  query(sql: string): any[];
  /** Writes to the database, as the user's own program would. */
  execute(sql: string): void;
  /** How many requests of this kind have come in. */
  count(route: 'token' | 'read' | 'close'): number;
  /** Ends all its children, does `last`, and removes its folder. */
  leave(last?: () => void): Promise<void>;
}

/** A place that is left when the test ends. */
export async function aPlace(options: Partial<SimulatorOptions> = {}): Promise<Place> {
  const place = await openPlace(options);
  onTestFinished(() => place.leave());
  return place;
}

/** @param file the path of the database within the folder */
export async function openPlace(
  options: Partial<SimulatorOptions> = {},
  file = 'nightsweep.db',
): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'nightsweep-e2e-'));
  const simulator = createSimulator({
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    population: 0,
    rateLimit: { allowed: 1_000_000, windowMs: MINUTE },
    ...CLIENT,
    ...options,
  });
  const { url } = await simulator.start();
  const database = join(dir, file);
  const children: Child[] = [];
  const env: Place['env'] = {
    PATH: process.env.PATH,
    HOME: dir,
    TZ: 'UTC',
    GENESYS_API_URL: url,
    GENESYS_LOGIN_URL: url,
    GENESYS_CLIENT_ID: CLIENT.clientId,
    GENESYS_CLIENT_SECRET: CLIENT.clientSecret,
    NIGHTSWEEP_DB: file,
    NIGHTSWEEP_RATE_PER_MINUTE: '100000',
    NIGHTSWEEP_VERIFY_FOR: '1s',
  };
  const withDatabase = <T>(readonly: boolean, fn: (db: Database.Database) => T): T => {
    const db = new Database(database, { readonly });
    try {
      return fn(db);
    } finally {
      db.close();
    }
  };
  const place: Place = {
    dir,
    url,
    database,
    simulator,
    env,
    program: PROGRAM,
    through: [],
    start: (...argv) => {
      const child = startChild(dir, env, argv, place);
      children.push(child);
      return child;
    },
    run: (...argv) => {
      const child = place.start(...argv);
      child.process.stdin.end();
      return child.ended;
    },
    runHere: (...argv) => {
      if (place.through.length > 0 || place.program !== PROGRAM)
        throw new Error('Only a child can be run so.');
      return runHere(dir, env, argv);
    },
    file: (name, content) => {
      writeFileSync(join(dir, name), content);
      return name;
    },
    query: (sql) => withDatabase(true, (db) => db.prepare(sql).all()),
    execute: (sql) => withDatabase(false, (db) => db.exec(sql)),
    count: (route) => simulator.log.filter((request) => request.route === route).length,
    leave: async (last = () => {}) => {
      for (const child of children) child.process.kill('SIGKILL');
      await Promise.allSettled(children.map((child) => child.ended));
      await simulator.stop();
      last();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return place;
}
