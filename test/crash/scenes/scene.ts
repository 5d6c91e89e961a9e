import type { Ended } from '../../e2e/child.ts';
import type { CrashWorld } from '../world.ts';

/** A command that is about to be killed, and what must hold of it afterwards. */
export interface Scene {
  readonly argv: readonly string[];
  /** What is wrong right after it died, or ended. */
  check(): string[];
  /**
   * What whoever ran it would do next, to its end; a sentence for each thing that is wrong then.
   * @param run runs the program undisturbed
   */
  makeGood(run: (...argv: string[]) => Promise<Ended>): Promise<string[]>;
}

/**
 * Sets the scene in a world.
 *
 * @param asLeft nothing is written to the database beforehand
 */
export type SetScene = (world: CrashWorld, asLeft: boolean) => Scene;

/** A sentence unless it is so. */
export function expectThat(isSo: boolean, otherwise: string): string[] {
  return isSo ? [] : [otherwise];
}
