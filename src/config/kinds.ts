import { DAY } from '../domain/time.ts';
import { type DurationUnit, formatDuration, parseDuration } from './duration.ts';
import { nearest } from './nearest.ts';
import { accept, type Parsed, refuse } from './parsed.ts';

/** What kind of value a setting has: how its text is read, and how a value is written. */
export interface Kind<T> {
  /** What a value is, in a word or three, for tables. */
  readonly unit: string;
  /** What is accepted, so that "give …" is a sentence. */
  readonly accepts: string;
  /** A list may also be written as a YAML sequence. */
  readonly isList: boolean;
  /** All that it can be, where that is a few words. */
  readonly words?: readonly string[];
  parse(text: string): Parsed<T>;
  format(value: T): string;
}

/** Values in milliseconds, `min` and `max` included. `usual` is suggested for a number without a unit. */
export function duration(
  usual: DurationUnit,
  { min = 0, max = 3_650 * DAY }: { min?: number; max?: number } = {},
): Kind<number> {
  return {
    unit: 'duration',
    accepts: `a duration such as 90s, 15m, 24h or 1h30m, from ${formatDuration(min)} to ${formatDuration(max)}`,
    isList: false,
    parse(text) {
      const parsed = parseDuration(text, usual);
      return parsed.ok && (parsed.value < min || parsed.value > max) ? refuse() : parsed;
    },
    format: formatDuration,
  };
}

/** A whole number of `unit`, `min` and `max` included. */
export function count(unit: string, { min, max }: { min: number; max: number }): Kind<number> {
  return {
    unit,
    accepts: `a whole number from ${min} to ${max}`,
    isList: false,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? accept(value) : refuse();
    },
    format: String,
  };
}

/** A share of a whole, above 0 and up to 1. */
export function ratio(): Kind<number> {
  return {
    unit: 'share',
    accepts: 'a number above 0 and up to 1, such as 0.5',
    isList: false,
    parse(text) {
      const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value > 0 && value <= 1 ? accept(value) : refuse();
    },
    format: String,
  };
}

/** One of the words given. */
export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  const accepts = words.join(' or ');
  return {
    unit: accepts,
    accepts,
    isList: false,
    words,
    parse(text) {
      const found = words.find((word) => word === text.toLowerCase());
      if (found !== undefined) return accept(found);
      const meant = nearest(text, words);
      return refuse(meant === null ? null : `did you mean ${meant}?`);
    },
    format: String,
  };
}

const TRUE = ['true', 'yes', 'on', '1'];
const FALSE = ['false', 'no', 'off', '0'];

export function yesOrNo(): Kind<boolean> {
  return {
    unit: 'true or false',
    accepts: 'true or false',
    isList: false,
    parse(text) {
      const word = text.toLowerCase();
      if (TRUE.includes(word)) return accept(true);
      return FALSE.includes(word) ? accept(false) : refuse();
    },
    format: String,
  };
}

/** Any text. `accepts` says what it should be. */
export function text(accepts: string, unit = 'text'): Kind<string> {
  return { unit, accepts, isList: false, parse: accept, format: (value) => value };
}

/** Items separated by commas, each without blanks around it, repeated ones once. */
export function list<T extends string>(
  unit: string,
  accepts: string,
  parseItem: (text: string) => Parsed<T>,
): Kind<readonly T[]> {
  return {
    unit,
    accepts,
    isList: true,
    parse(text) {
      const items = new Set<T>();
      for (const part of text.split(',')) {
        const parsed = parseItem(part.trim());
        if (!parsed.ok) return parsed;
        items.add(parsed.value);
      }
      return accept([...items]);
    },
    format: (items) => items.join(', '),
  };
}

/** The same kind, and one word more that stands for a value of its own, such as `none` or `unlimited`. */
export function orWord<T, V>(kind: Kind<T>, word: string, value: V): Kind<T | V> {
  const isWord = (given: T | V): given is V =>
    given === value || (kind.isList && Array.isArray(given) && given.length === 0);
  return {
    unit: kind.unit,
    accepts: `${kind.accepts}, or ${word}`,
    isList: kind.isList,
    parse: (text) => (text.toLowerCase() === word.toLowerCase() ? accept(value) : kind.parse(text)),
    format: (given) => (isWord(given) ? word : kind.format(given)),
  };
}
