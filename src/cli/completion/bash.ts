import type { CommandTree, FlagLeaf, Leaf } from './tree.ts';

/**
 * The script for bash, also for the 3.2 of macOS: no associative arrays, no `compopt` taken for granted. Static: at the
 * Tab nothing of ours is started.
 */
export function bashScript(tree: CommandTree): string {
  const { top, leaves, branches, common } = tree;
  return `# bash completion for nightsweep; made by: nightsweep completion bash
# shellcheck shell=bash

_nightsweep_paths() {
  local path
  # The shell's own completion of paths knows tildes, blanks and quotes; where it cannot be asked for, a plain one.
  compopt -o default 2> /dev/null && return
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -f -- "$1")
}

_nightsweep_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$2" -- "$1")
}

_nightsweep_either() {
  if [[ $1 == -* ]]; then _nightsweep_words "$1" "$3"; else _nightsweep_words "$1" "$2"; fi
}

_nightsweep() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' command='' i
  COMPREPLY=()
  if ((COMP_CWORD > 1)); then prev=\${COMP_WORDS[COMP_CWORD - 1]}; fi
  # --flag=value comes as three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  # The command is the first word, or the first two of a group, that is neither a flag nor the value of one.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${patterns(valued(common))})
        if [[ \${COMP_WORDS[i + 1]} == '=' ]]; then ((i++)); fi
        ((i++))
        ;;
      -*) ;;
      *)
        command=\${command:+$command }\${COMP_WORDS[i]}
        case $command in
          ${branches.map(({ word }) => word).join(' | ')}) ;;
          *) break ;;
        esac
        ;;
    esac
  done

  # The value of a flag.
  case $prev in
${indented(valueCases(common), 4)}
  esac
  case $command in
${indented(leaves.filter((leaf) => valued(leaf.flags).length > 0).map(valueCase), 4)}
  esac

  # A flag, a command or an argument.
  case $command in
    '') _nightsweep_either "$cur" "${top.map(({ word }) => word).join(' ')}" "--version ${long(common)}" ;;
${indented(
  [
    ...branches.map(
      ({ word, members }) =>
        `${word}) _nightsweep_either "$cur" "${members.map((leaf) => leaf.word).join(' ')}" "${long(common)}" ;;`,
    ),
    ...leaves.map((leaf) => leafCase(leaf, common)),
  ],
  4,
)}
  esac
}

complete -F _nightsweep nightsweep
`;
}

function valueCase({ words, flags }: Leaf): string {
  return `${quoted(words)})\n  case $prev in\n${indented(valueCases(flags), 4)}\n  esac\n  ;;`;
}

function leafCase({ words, flags, takesPaths }: Leaf, common: readonly FlagLeaf[]): string {
  const list = `_nightsweep_words "$cur" "${long([...flags, ...common])}"`;
  if (!takesPaths) return `${quoted(words)}) ${list} ;;`;
  return `${quoted(words)})\n  if [[ $cur == -* ]]; then\n    ${list}\n  else\n    _nightsweep_paths "$cur"\n  fi\n  ;;`;
}

/** Flags whose values are completed alike share a case. */
function valueCases(flags: readonly FlagLeaf[]): string[] {
  const alike = new Map<string, FlagLeaf[]>();
  for (const flag of valued(flags)) {
    const does = completesValue(flag);
    alike.set(does, [...(alike.get(does) ?? []), flag]);
  }
  return [...alike].map(([does, group]) => `${patterns(group)}) ${does} ;;`);
}

function completesValue({ value }: FlagLeaf): string {
  if (value?.kind === 'path') return '_nightsweep_paths "$cur"; return';
  if (value?.kind === 'word') return `_nightsweep_words "$cur" "${value.words.join(' ')}"; return`;
  return 'return';
}

const valued = (flags: readonly FlagLeaf[]) => flags.filter(({ value }) => value !== null);

const patterns = (flags: readonly FlagLeaf[]) =>
  flags.flatMap(({ name, alias }) => [`--${name}`, ...(alias === null ? [] : [`-${alias}`])]).join(' | ');
const long = (flags: readonly FlagLeaf[]) => flags.map(({ name }) => `--${name}`).join(' ');
const quoted = (words: string) => (words.includes(' ') ? `'${words}'` : words);

function indented(blocks: readonly string[], by: number): string {
  const margin = ' '.repeat(by);
  return blocks.flatMap((block) => block.split('\n').map((line) => `${margin}${line}`)).join('\n');
}
