/**
 * For a child whose waits a test is not about: `node --import` this, and everything it sleeps for (back-off, growing
 * waits, another program's lock) takes a fiftieth of the time. What a wait is for and how long it should be is tested
 * with a virtual clock.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const SHORTER = 50;
const { setTimeout: sleep } = timers;
const { wait } = Atomics;

timers.setTimeout = (ms, ...rest) => sleep(ms / SHORTER, ...rest);
Atomics.wait = (array, index, value, ms) => wait(array, index, value, ms / SHORTER);
syncBuiltinESMExports();
