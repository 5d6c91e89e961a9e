import type { Branch, CommandTree, FlagLeaf, Leaf } from './tree.ts';

/** The script for fish: a flat list of what may come where. */
export function fishScript({ top, leaves, branches, common }: CommandTree): string {
  return `# fish completion for nightsweep; made by: nightsweep completion fish

# Whether the command so far is these words. It is the first word, or the first two of a group, that is neither a flag
# nor the value of one.
function __nightsweep_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l command
    set -l is_value 0
    for word in $words
        if test $is_value = 1
            set is_value 0
        else if contains -- $word ${valued(common).join(' ')}
            set is_value 1
        else if not string match -q -- '-*' $word
            set -a command $word
            contains -- "$command" ${branches.map(({ word }) => word).join(' ')}; or break
        end
    end
    test "$command" = "$argv"
end

complete -c nightsweep -f
${common.map((flag) => flagLine(flag, null)).join('\n')}
complete -c nightsweep -n __nightsweep_at -l version -d 'tell the version'
${top.map((node) => commandLine(node, '')).join('\n')}
${branches.map((branch) => `\n${branch.members.map((leaf) => commandLine(leaf, branch.word)).join('\n')}`).join('')}
${leaves.map(leafLines).join('')}`;
}

function leafLines({ words, flags, takesPaths }: Leaf): string {
  const lines = flags.map((flag) => flagLine(flag, words));
  if (takesPaths) lines.push(`complete -c nightsweep -n '__nightsweep_at ${words}' -F`);
  return lines.length === 0 ? '' : `\n# ${words}\n${lines.join('\n')}\n`;
}

function commandLine({ word, summary }: Leaf | Branch, under: string): string {
  const at = under === '' ? '__nightsweep_at' : `'__nightsweep_at ${under}'`;
  return `complete -c nightsweep -n ${at} -a ${word} -d ${quoted(summary)}`;
}

function flagLine({ name, alias, describe, value }: FlagLeaf, at: string | null): string {
  const takes =
    value === null
      ? ''
      : value.kind === 'path'
        ? ' -r -F'
        : value.kind === 'word'
          ? ` -x -a ${quoted(value.words.join(' '))}`
          : ' -x';
  return [
    'complete -c nightsweep',
    at === null ? '' : ` -n '__nightsweep_at ${at}'`,
    ` -l ${name}`,
    alias === null ? '' : ` -s ${alias}`,
    takes,
    ` -d ${quoted(describe)}`,
  ].join('');
}

const valued = (flags: readonly FlagLeaf[]) =>
  flags.filter(({ value }) => value !== null).map(({ name }) => `--${name}`);

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
