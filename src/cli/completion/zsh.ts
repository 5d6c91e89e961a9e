import type { Branch, CommandTree, FlagLeaf, Leaf } from './tree.ts';

/** The script for zsh, to be loaded by `compinit` as `_nightsweep` or to be sourced after it. */
export function zshScript({ top, leaves, branches, common }: CommandTree): string {
  return `#compdef nightsweep
# zsh completion for nightsweep; made by: nightsweep completion zsh

_nightsweep() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a common
  common=(
${common.map((flag) => `    ${spec(flag)}`).join('\n')}
  )
  _arguments -C "\${common[@]}" '(- *)--version[tell the version]' '(-):command:->command' '(-)*::argument:->argument' && return
  case $state in
    command)
${described('commands', top, 6)}
      ;;
    argument)
      case $line[1] in
${top.map((node) => `        ${node.word}) _nightsweep_${node.word} ;;`).join('\n')}
      esac
      ;;
  esac
}

${[...branches.map(branchFunction), ...leaves.map(leafFunction)].join('\n\n')}

if [[ $funcstack[1] == _nightsweep ]]; then
  _nightsweep "$@"
else
  compdef _nightsweep nightsweep
fi
`;
}

function branchFunction({ word, members }: Branch): string {
  return `_nightsweep_${word}() {
  _arguments -C "\${common[@]}" '(-):command:->command' '(-)*::argument:->argument' && return
  case $state in
    command)
${described(`${word} commands`, members, 6)}
      ;;
    argument)
      case $line[1] in
${members.map((leaf) => `        ${leaf.word}) ${functionOf(leaf)} ;;`).join('\n')}
      esac
      ;;
  esac
}`;
}

function leafFunction(leaf: Leaf): string {
  const specs = [...leaf.flags.map(spec), ...(leaf.takesPaths ? ["'*:file:_files'"] : [])];
  return `${functionOf(leaf)}() {
  _arguments "\${common[@]}"${specs.map((one) => ` \\\n    ${one}`).join('')}
}`;
}

const functionOf = ({ words }: Leaf) => `_nightsweep_${words.replaceAll(' ', '_')}`;

function described(tag: string, nodes: readonly (Leaf | Branch)[], indent: number): string {
  const margin = ' '.repeat(indent);
  const items = nodes.map(({ word, summary }) => `${margin}  ${quoted(`${word}:${summary}`)}`);
  return `${margin}local -a words_here\n${margin}words_here=(\n${items.join('\n')}\n${margin})\n${margin}_describe -t commands '${tag}' words_here`;
}

/** One flag for `_arguments`, where brackets and colons have a meaning. */
function spec({ name, alias, describe, placeholder, value, many }: FlagLeaf): string {
  const escaped = (text: string) => text.replace(/[\\[\]:]/g, '\\$&');
  const told = `[${escaped(describe)}]`;
  const action =
    value === null
      ? ''
      : `:${escaped(placeholder ?? '')}:${value.kind === 'path' ? '_files' : value.kind === 'word' ? `(${value.words.join(' ')})` : ' '}`;
  const long = `--${name}${value === null ? '' : '='}`;
  const star = many ? '*' : '';
  if (alias === null) return quoted(`${star}${long}${told}${action}`);
  const short = `-${alias}${value === null ? '' : '+'}`;
  const excludes = many ? star : `(-${alias} --${name})`;
  return `${quoted(excludes + short + told + action)} ${quoted(excludes + long + told + action)}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
