import { formatDuration, parseDuration } from '../config/duration.ts';
import { UsageError } from '../domain/errors.ts';
import { parseConversationId } from '../domain/ids.ts';
import { DAY } from '../domain/time.ts';

/** Parsed arguments, checked as they are asked for: an argument parser lets `--limit abc` through as NaN. */
export interface Args {
  /** As the settings table reads them. */
  readonly raw: Readonly<Record<string, unknown>>;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** All values of a flag that may be given more than once. */
  texts(name: string): string[];
  /** One of these words. */
  choice<T extends string>(name: string, words: readonly T[]): T | undefined;
  /** A whole number, `min` at least. */
  count(name: string, min?: number): number | undefined;
  /** {@link LONGEST} at most. */
  durationMs(name: string): number | undefined;
  positional(name: string): string;
  positionals(name: string): string[];
  /** Conversation ids, lower case, each once. */
  conversationIds(name: string): string[];
  /** What a flag gives that may be repeated: UUIDs, lower case, each once. */
  uuids(name: string): string[];
}

/** Beyond it no calendar reaches: a moment so far off could be neither stored nor told. */
const LONGEST = 3_650 * DAY;

/** @throws UsageError from the accessors, each naming the flag, the value and what is accepted */
export function createArgs(raw: Readonly<Record<string, unknown>>): Args {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value)) throw new UsageError(`--${name} is given twice; give it once.`);
    const given = String(value);
    if (given.trim() === '') throw new UsageError(`--${name} has no value; give one.`);
    return given;
  };
  const list = (name: string): string[] => {
    const value = raw[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map(String);
  };

  return {
    raw,
    flag: (name) => raw[name] === true,
    text,
    texts: (name) => {
      const given = list(name);
      if (given.some((value) => value.trim() === '')) {
        throw new UsageError(`--${name} has no value; give one.`);
      }
      return given;
    },
    choice: (name, words) => {
      const given = text(name);
      if (given === undefined) return undefined;
      const found = words.find((word) => word === given);
      if (found !== undefined) return found;
      throw new UsageError(`--${name} cannot be ${JSON.stringify(given)}; give ${words.join(', ')}.`);
    },
    count: (name, min = 0) => {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = /^\d{1,9}$/.test(given.trim()) ? Number(given) : Number.NaN;
      if (value >= min) return value;
      throw new UsageError(`--${name} cannot be ${JSON.stringify(given)}; give a whole number from ${min}.`);
    },
    durationMs: (name) => {
      const given = text(name);
      if (given === undefined) return undefined;
      const parsed = parseDuration(given.trim(), 'd');
      if (parsed.ok && parsed.value <= LONGEST) return parsed.value;
      const hint = parsed.ok || parsed.hint === null ? '' : ` (${parsed.hint})`;
      throw new UsageError(
        `--${name} cannot be ${JSON.stringify(given)}${hint}; give a duration such as 12h or 7d, up to ${formatDuration(LONGEST)}.`,
      );
    },
    positional: (name) => list(name)[0] ?? '',
    positionals: list,
    conversationIds: (name) => {
      const ids = list(name).map((given) => {
        const id = parseConversationId(given);
        if (id === null) {
          throw new UsageError(
            `${JSON.stringify(given)} is not a conversation id; it must be a UUID such as 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b.`,
          );
        }
        return id;
      });
      return [...new Set(ids)];
    },
    uuids: (name) => {
      const ids = list(name).map((given) => {
        const id = parseConversationId(given);
        if (id !== null) return id;
        throw new UsageError(
          `--${name} cannot be ${JSON.stringify(given)}; give an id, a UUID such as 3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b.`,
        );
      });
      return [...new Set(ids)];
    },
  };
}
