import { EXIT } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import type { CommandTree } from '../completion/tree.ts';

function completion(
  shell: string,
  examples: Command['examples'],
  load: () => Promise<(tree: CommandTree) => string>,
): Command {
  return {
    usage: `completion ${shell}`,
    summary: `Prints the completion script for ${shell}: commands, flags, their values and files.`,
    examples,
    options: {},
    exits: [],
    run: async ({ out }) => {
      // The table of all commands knows this one, too.
      const { COMMANDS } = await import('./all.ts');
      const { GROUPS } = await import('./index.ts');
      const { commandTree } = await import('../completion/tree.ts');
      const script = (await load())(commandTree(COMMANDS, GROUPS));
      if (out.json) out.object({ shell, script, exitCode: EXIT.ok });
      else out.raw(script);
      return EXIT.ok;
    },
  };
}

export const completionBash = completion(
  'bash',
  [
    ['source <(nightsweep completion bash)', 'in ~/.bashrc, or once, to try it'],
    ['nightsweep completion bash > /etc/bash_completion.d/nightsweep', 'for everybody'],
  ],
  async () => (await import('../completion/bash.ts')).bashScript,
);

export const completionZsh = completion(
  'zsh',
  [
    ['source <(nightsweep completion zsh)', 'in ~/.zshrc, after compinit'],
    ['nightsweep completion zsh > /usr/local/share/zsh/site-functions/_nightsweep', 'for everybody'],
  ],
  async () => (await import('../completion/zsh.ts')).zshScript,
);

export const completionFish = completion(
  'fish',
  [['nightsweep completion fish > ~/.config/fish/completions/nightsweep.fish', 'for you']],
  async () => (await import('../completion/fish.ts')).fishScript,
);
