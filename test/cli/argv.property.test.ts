import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArgs } from '../../src/cli/args.ts';
import { COMMON_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/all.ts';
import { parseWords } from '../../src/cli/parse.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { tries } from '../helpers/fuzz.ts';

const FLAGS = [...COMMANDS.flatMap(({ options }) => Object.keys(options)), ...Object.keys(COMMON_OPTIONS)];
const KNOWN = ['-', '--', '-n', '-h', 'true', 'false', '7d', '12', ...FLAGS.map((flag) => `--${flag}`)];
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...INHERITED));
const word = fc.oneof(
  fc.constantFrom(...KNOWN),
  anyText,
  fc.tuple(fc.constantFrom('-', '--', '---', '--no-', '-n', '–'), anyText).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...FLAGS, ...INHERITED), fc.constantFrom('=', '.x=', '.__proto__.x='), anyText)
    .map(([flag, sign, value]) => `--${flag}${sign}${value}`),
);
const command = fc.constantFrom(...COMMANDS.map(({ usage }) => usage.replace(/ [<[].*$/, '').split(' ')));

/** What it throws, unless it is a sentence for whoever typed that. */
async function defect(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
    return null;
  } catch (error) {
    return error instanceof UsageError ? null : error;
  }
}

describe('whatever is typed', () => {
  it('is either a command, help, or one sentence', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(command, { nil: [] }),
        fc.array(word, { maxLength: 4 }),
        async (name, rest) => {
          expect(await defect(() => parseWords([...name, ...rest]))).toBeNull();
        },
      ),
      tries(150),
    );
  });

  it('never has a word with a dash that is silently left out of account', async () => {
    await fc.assert(
      fc.asyncProperty(word, async (odd) => {
        fc.pre(/^-./su.test(odd) && odd !== '--' && odd !== '-n' && !odd.startsWith('-h'));
        fc.pre(!FLAGS.some((flag) => odd.startsWith(`--${flag}`)));
        await expect(parseWords(['sweep', odd])).rejects.toThrow(UsageError);
      }),
      tries(100),
    );
  });

  it.each(['---dry-run', '---dry-run=true', '--=x', '-=x', '---', '–dry-run', '--dry‑run'])(
    'is not taken for a real sweep when a dry one was probably meant: %s',
    async (odd) => {
      await expect(parseWords(['sweep', odd])).rejects.toThrow(UsageError);
    },
  );

  it('is checked whichever way a command asks for it', async () => {
    const value = fc.oneof(
      anyText,
      fc.boolean(),
      fc.array(anyText, { maxLength: 3 }),
      fc.constant(undefined),
    );
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const args = createArgs({ x: given });
        for (const ask of [args.text, args.count, args.durationMs, args.positionals, args.conversationIds]) {
          expect(await defect(() => ask('x'))).toBeNull();
        }
        expect(await defect(() => args.choice('x', ['day', 'hour']))).toBeNull();
      }),
      tries(300),
    );
  });

  it('as the value of a setting is one that its kind accepts, or one sentence', async () => {
    const none = () => {
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FLAGS),
        fc.oneof(anyText, fc.array(anyText)),
        async (flag, given) => {
          const source = {
            env: {},
            cwd: '/',
            readFile: none,
            secrets: createSecrets(),
            flags: { [flag]: given },
          };
          expect(await defect(() => loadConfig(source))).toBeNull();
        },
      ),
      tries(300),
    );
  });

  it.each(['3651d', '99999999999999d', `${'9'.repeat(400)}d`])(
    'as a duration is not longer than a calendar reaches: %s',
    (given) => {
      expect(() => createArgs({ for: given }).durationMs('for')).toThrow('up to 3650d');
    },
  );
});
