import { addSecretsOf, createSecrets, type Secrets } from '../config/secrets.ts';
import { EXIT, type ExitCode, ExpectedError } from '../domain/errors.ts';
import { shortened } from '../domain/text.ts';
import { guarded, guardedJson, visible } from '../report/text.ts';
import type { Command } from './command.ts';
import type { Io } from './io.ts';

/**
 * Runs one command. Expected errors become one sentence on stderr and their exit code; anything else is a bug and
 * exit code 1, with its stack under `--verbose`.
 */
export async function main(io: Io): Promise<ExitCode> {
  const secrets = createSecrets();
  addSecretsOf(io.env, secrets);
  try {
    if (io.argv.length === 0 || (io.argv.length === 1 && io.argv[0] === '--help')) {
      return await showHelp(io, null);
    }
    const { parseWords } = await import('./parse.ts');
    const asked = await parseWords(io.argv);
    if (asked.kind === 'command') {
      // Not needed for help, which should be there at once.
      const { createContext } = await import('./context.ts');
      return await asked.command.run(await createContext(io, asked.argv, secrets));
    }
    return await showHelp(io, asked.topic);
  } catch (error) {
    return report(io, error, secrets.redact);
  }
}

async function showHelp(io: Io, topic: Command | string | null): Promise<ExitCode> {
  const { helpOn } = await import('./help.ts');
  io.stdout.write(await helpOn(topic));
  return EXIT.ok;
}

/** The one object of `--json` is written here too. What cannot be written is not worth a second error. */
function report(io: Io, error: unknown, redact: Secrets['redact']): ExitCode {
  const expected = error instanceof ExpectedError;
  const exitCode = expected ? error.exitCode : EXIT.unexpected;
  const sentence = redact(error instanceof Error ? error.message : String(error));
  const shown = cut(visible(sentence));
  io.stderr.write(`nightsweep: ${expected ? shown : `unexpected error: ${shown}`}\n`);
  if (!expected) {
    io.stderr.write(
      io.argv.includes('--verbose') && error instanceof Error
        ? `${guarded(redact(error.stack ?? sentence), false)}\n`
        : 'This is a bug; run again with --verbose and report what it prints.\n',
    );
  }
  if (!io.argv.includes('--json')) return exitCode;
  try {
    io.stdout.write(`${guardedJson(JSON.stringify({ exitCode, message: sentence }))}\n`);
  } catch {
    return exitCode;
  }
  return exitCode;
}

/** Far longer than any sentence of ours; what is longer repeats something that was typed. */
const LONGEST = 2_000;

function cut(text: string): string {
  return shortened(text, LONGEST);
}
