import picocolors from 'picocolors';
import type { Secrets } from '../config/secrets.ts';
import { guarded, guardedJson } from '../report/text.ts';
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

/** Whatever is printed holds no secret, and nothing that could steer the terminal. */
export function createOutput(
  io: Io,
  flags: { json: boolean; quiet: boolean; color: boolean },
  redact: Secrets['redact'],
): Output {
  const { json, quiet } = flags;
  const color = flags.color && wantsColor(io, io.stdout);
  const isTerminal = io.stdout.isTTY === true;
  return {
    json,
    quiet,
    color,
    colors: picocolors.createColors(color),
    print: (text) => {
      if (json) return;
      const shown = guarded(redact(text), color);
      io.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    },
    object: (value) => {
      if (json) io.stdout.write(`${redactedJson(value, redact, isTerminal ? 2 : 0)}\n`);
    },
    raw: (text) => {
      const shown = redact(text);
      io.stdout.write(isTerminal ? guarded(shown, color) : shown);
    },
  };
}

/** One value as JSON; only its texts are redacted, so that it stays the same shape. */
export function redactedJson(value: unknown, redact: Secrets['redact'], indent = 0): string {
  const text = (_key: string, part: unknown) => (typeof part === 'string' ? redact(part) : part);
  return guardedJson(JSON.stringify(value, text, indent));
}

/** https://no-color.org: set and not empty means no colour. */
export function wantsColor(io: Io, stream: Out): boolean {
  return stream.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
}
