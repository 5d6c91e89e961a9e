import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/cli/log.ts';
import { createNarrator } from '../../src/cli/narrator.ts';
import { createOutput } from '../../src/cli/output.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { tries } from '../helpers/fuzz.ts';
import { createIo, runMain, sink } from './running.ts';

const HOSTILE = '\x1b[2J\x1b]0;x\x07\r\x9b31m\u202e\u2066\u2028\u200b\u{e0041}\x7f';
/** The styles of our own output and line ends apart, nothing that could steer a terminal. */
const STEERS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what they begin with
const unstyled = (text: string) => text.replace(/\u001b\[(?:[0-4]|2[2-4]|3[0-79]|9[0-7])m|\r(?=\n)/g, '');
const SECRET = 'correct-horse-battery';

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...HOSTILE, '\n', 'a', SECRET)).map((parts) => parts.join('')),
);
const flags = fc.record({ json: fc.boolean(), verbose: fc.boolean(), color: fc.boolean() });

function secrets() {
  const known = createSecrets();
  known.add(SECRET);
  return known;
}

describe('whatever is narrated', () => {
  it('cannot steer a terminal and holds no secret, in its message and in its fields', async () => {
    await fc.assert(
      fc.asyncProperty(anything, anything, flags, async (message, field, options) => {
        const stderr = sink(80);
        const io = createIo([], { stderr });
        const log = await createLog(
          io,
          createNarrator(stderr),
          { quiet: false, ...options },
          secrets().redact,
        );
        log.warn(message, { field, others: [{ field }] });
        expect(unstyled(stderr.text)).not.toMatch(STEERS);
        expect(stderr.text).not.toContain(SECRET);
        if (options.json) expect(JSON.parse(stderr.text).msg).toBe(secrets().redact(message));
      }),
      tries(500),
    );
  });

  it('is one line, so that nobody can write a line of their own', async () => {
    const stderr = sink();
    const options = { json: false, quiet: false, verbose: false, color: false };
    const log = await createLog(createIo([], { stderr }), createNarrator(stderr), options, (text) => text);
    log.info('a\nclosed 500');
    expect(stderr.text).toBe('a\\u{000a}closed 500\n');
  });
});

describe('whatever is printed', () => {
  it('cannot steer a terminal and holds no secret', () => {
    fc.assert(
      fc.property(anything, flags, (text, options) => {
        const stdout = sink(80);
        const out = createOutput(createIo([], { stdout }), { quiet: false, ...options }, secrets().redact);
        out.print(text);
        out.print(out.colors.bold(out.colors.yellow(text)));
        out.raw(text);
        expect(unstyled(stdout.text)).not.toMatch(STEERS);
        expect(stdout.text).not.toContain(SECRET);
      }),
      tries(500),
    );
  });

  it('keeps its own colours and lines', () => {
    const stdout = sink(80);
    const out = createOutput(
      createIo([], { stdout }),
      { quiet: false, json: false, color: true },
      (text) => text,
    );
    const text = [out.colors.bold('a'), out.colors.dim('b'), out.colors.red('c'), out.colors.green('d')].join(
      '\n',
    );
    out.print(text);
    expect(stdout.text).toBe(`${text}\n`);
  });

  it('as JSON reads back as what it was, but for a secret', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), anything, (value, text) => {
        const stdout = sink(80);
        const out = createOutput(
          createIo([], { stdout }),
          { quiet: false, json: true, color: false },
          secrets().redact,
        );
        out.object({ value, text });
        expect(stdout.text).not.toMatch(STEERS);
        const read = JSON.parse(stdout.text);
        expect(read).toEqual(JSON.parse(JSON.stringify({ value, text: secrets().redact(text) })));
      }),
      tries(500),
    );
  });

  it('into a file or pipe as CSV stays as it is', () => {
    const stdout = sink();
    const out = createOutput(createIo([], { stdout }), { quiet: false, json: false, color: false }, (t) => t);
    out.raw('a\tb\x9b\r\n');
    expect(stdout.text).toBe('a\tb\x9b\r\n');
  });
});

describe('an error that repeats what was typed', () => {
  it.each([
    ['a command', [HOSTILE]],
    ['a flag', ['sweep', `--${HOSTILE}`]],
    ['an id', ['close', HOSTILE]],
    ['a value', ['report', '--by', HOSTILE]],
    ['a setting', ['config', '--db', 'x', '--config', HOSTILE]],
    ['a file', ['import', 'mapping', `${HOSTILE}.csv`]],
    ['something endless', ['close', 'x'.repeat(100_000)]],
  ])('cannot steer a terminal: %s', async (_, argv) => {
    const { code, stderr } = await runMain(argv);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(STEERS);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr.length).toBeLessThan(2_100);
  });

  it('holds no secret, also as JSON', async () => {
    const env = { GENESYS_CLIENT_SECRET: SECRET };
    const { stdout, stderr } = await runMain(['config', '--config', `${SECRET}.yaml`, '--json'], { env });
    expect(stderr).toContain('[redacted].yaml');
    expect(JSON.parse(stdout).message).toContain('[redacted].yaml');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('holds no secret when it is a bug, not even in its stack', async () => {
    const clock = {
      now: () => {
        throw new TypeError(`it is broken: ${SECRET}`);
      },
      sleep: async () => {},
    };
    const env = { GENESYS_CLIENT_SECRET: SECRET };
    const { code, stderr } = await runMain(['db', 'migrate', '--verbose'], { env, clock });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^nightsweep: unexpected error: it is broken: \[redacted\]\n.*\[redacted\]\n\s+at /,
    );
    expect(stderr).not.toContain(SECRET);
  });
});
