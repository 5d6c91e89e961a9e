import { EXIT } from '../domain/errors.ts';
import { type Command, EXIT_MEANING } from './command.ts';

const WIDTH = 80;

/** What `--help` of a command begins with: its examples, then how it is written. */
export function usageOf(command: Command): string {
  const examples = command.examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`]);
  return ['Examples:', ...examples, '', `Usage: $0 ${command.usage} [options]`, '', command.summary].join(
    '\n',
  );
}

/** What it ends with: the exit codes that it may return. */
export function epilogueOf(command: Command): string {
  const codes = [...new Set([EXIT.ok, EXIT.unexpected, EXIT.usage, ...command.exits])].sort((a, b) => a - b);
  const lines = codes.map((code) => `  ${String(code).padStart(3)}  ${EXIT_MEANING[code]}`);
  return ['Exit codes:', ...lines].map((line) => line.slice(0, WIDTH)).join('\n');
}
