import { parseWords } from '../../src/cli/parse.ts';
import { variablesMarkdown } from '../../src/config/describe.ts';
import { SETTING_KEYS, variableOf } from '../../src/config/settings.ts';

/** What is wrong with a command line of ours, by the program's own parser. */
export async function wrongWords(where: string, words: readonly string[]): Promise<string[]> {
  try {
    const asked = await parseWords(words);
    return asked.kind === 'command' ? [] : [`${where}: "${words.join(' ')}" is no command`];
  } catch (error) {
    return [`${where}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Variables of ours, or of Genesys Cloud, that the program does not know. */
export function unknownVariables(where: string, names: readonly string[]): string[] {
  const known = new Set([
    ...SETTING_KEYS.map(variableOf),
    ...[...variablesMarkdown().matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name),
  ]);
  return names
    .filter((name) => /^(NIGHTSWEEP|GENESYS)/.test(name) && !known.has(name))
    .map((name) => `${where}: nightsweep knows no variable ${name}`);
}
