import type { Command } from '../command.ts';
import { LOAD } from './index.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = await Promise.all(Object.values(LOAD).map((load) => load()));
