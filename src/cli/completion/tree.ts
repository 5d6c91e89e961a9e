import { COMMON_OPTIONS, type Command, type Flag, type Flags } from '../command.ts';

/** What a value may be: paths, one of some words, or what no shell can know. */
export type Value =
  | { readonly kind: 'path' }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'text' };

/** A flag as a shell sees it. */
export interface FlagLeaf {
  /** Without dashes. */
  readonly name: string;
  readonly alias: string | null;
  readonly describe: string;
  /** What stands for its value in `--help`; null: it is a switch. */
  readonly placeholder: string | null;
  /** Null: it is a switch. */
  readonly value: Value | null;
  readonly many: boolean;
}

/** A command as a shell sees it. */
export interface Leaf {
  /** `sweep`, `import mapping`. */
  readonly words: string;
  /** The last of them. */
  readonly word: string;
  readonly summary: string;
  readonly flags: readonly FlagLeaf[];
  /** Whether its arguments are paths. */
  readonly takesPaths: boolean;
}

/** First words that several commands share. */
export interface Branch {
  readonly word: string;
  readonly summary: string;
  readonly members: readonly Leaf[];
}

/** Everything that can be typed after `nightsweep`. */
export interface CommandTree {
  /** In the order of `--help`. */
  readonly top: readonly (Leaf | Branch)[];
  readonly leaves: readonly Leaf[];
  readonly branches: readonly Branch[];
  /** Understood everywhere. */
  readonly common: readonly FlagLeaf[];
}

/** The tables of commands in the form in which the scripts for shells are made of them. */
export function commandTree(
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): CommandTree {
  const leaves = commands.map(leafOf);
  const branches = Object.entries(groups).map(([word, summary]) => ({
    word,
    summary,
    members: leaves.filter(({ words }) => words.startsWith(`${word} `)),
  }));
  const top = new Set(leaves.map((leaf) => branches.find(({ members }) => members.includes(leaf)) ?? leaf));
  return { top: [...top], leaves, branches, common: flagsOf(COMMON_OPTIONS) };
}

function leafOf({ usage, summary, options }: Command): Leaf {
  const words = usage.split(' ').filter((part) => /^\w/.test(part));
  return {
    words: words.join(' '),
    word: words.at(-1) ?? '',
    summary,
    flags: flagsOf(options),
    takesPaths: /[<[]file\b/.test(usage),
  };
}

function flagsOf(flags: Flags): FlagLeaf[] {
  return Object.entries(flags).map(([name, flag]) => ({
    name,
    alias: flag.alias ?? null,
    describe: flag.describe,
    placeholder: flag.value ?? null,
    value: completedBy(flag),
    many: flag.many === true,
  }));
}

function completedBy({ value, choices }: Flag): Value | null {
  if (value === undefined) return null;
  if (choices !== undefined) return { kind: 'word', words: choices };
  return { kind: value === 'FILE' ? 'path' : 'text' };
}
