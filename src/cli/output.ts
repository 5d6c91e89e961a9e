import picocolors from 'picocolors';
import type { Io, Out } from './io.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** stdout is data, stderr is narration. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** For stdout. */
  readonly colors: Colors;
  readonly color: boolean;
  /** A result for people; nothing under `--json`. */
  print(text: string): void;
  /** The one object of `--json`; nothing without. */
  object(value: unknown): void;
  /** A result in a format of its own (CSV), whatever the flags. */
  raw(text: string): void;
}

export function createOutput(io: Io, flags: { json: boolean; quiet: boolean; color: boolean }): Output {
  const { json, quiet } = flags;
  const color = flags.color && wantsColor(io, io.stdout);
  return {
    json,
    quiet,
    color,
    colors: picocolors.createColors(color),
    print: (text) => {
      if (!json) io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    object: (value) => {
      if (json) io.stdout.write(`${JSON.stringify(value, null, io.stdout.isTTY === true ? 2 : 0)}\n`);
    },
    raw: (text) => {
      io.stdout.write(text);
    },
  };
}

/** https://no-color.org: set and not empty means no colour. */
export function wantsColor(io: Io, stream: Out): boolean {
  return stream.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
}
