import type { Out } from './io.ts';

/** Something that is drawn again and again at the end of the terminal. */
export interface Bar {
  clear(): void;
  draw(): void;
}

/** Everything on stderr goes through here, so that a line and a moving bar do not overwrite each other. */
export interface Narrator {
  write(text: string): void;
  /** Draws it below all lines; null takes it away. */
  show(bar: Bar | null): void;
  /** Draws the bar as it is by now. */
  redraw(): void;
  /** Runs `fn` while no bar is in its way, such as a question. */
  without<T>(fn: () => Promise<T>): Promise<T>;
}

export function createNarrator(stderr: Out): Narrator {
  let shown: Bar | null = null;
  return {
    write: (text) => {
      shown?.clear();
      stderr.write(text);
      shown?.draw();
    },
    show: (bar) => {
      shown?.clear();
      shown = bar;
    },
    redraw: () => shown?.draw(),
    without: async (fn) => {
      const paused = shown;
      shown?.clear();
      shown = null;
      try {
        return await fn();
      } finally {
        shown = paused;
      }
    },
  };
}
