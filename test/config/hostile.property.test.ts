import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { SETTING_KEYS, variableOf } from '../../src/config/settings.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { tries } from '../helpers/fuzz.ts';

/** As long and as mixed as the secret of an OAuth client. */
const SECRET = 'zQ8xW3vN7bK1mT5rY9pL2cJ6hF4dG0sAeUiOqXwVnBk';

/** What the settings are, or the one sentence that says why there are none; anything else is thrown on. */
async function load(
  files: Record<string, string>,
  env: Record<string, string> = {},
): Promise<string | object> {
  const readFile = (path: string) => {
    const text = files[path.slice(1)];
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return text;
  };
  try {
    const { config } = await loadConfig({ env, cwd: '/', readFile, secrets: createSecrets(), flags: {} });
    expect(Object.isFrozen(config) && Object.isFrozen(config.policy)).toBe(true);
    expect(config.policy.staleAfterMs).toBeGreaterThan(0);
    expect(config.policy.staleAfterWithAgentMs).toBeGreaterThanOrEqual(config.policy.staleAfterMs);
    expect(config.policy.messageTypes.length).toBeGreaterThan(0);
    for (const number of [config.ratePerMinute, config.concurrency, config.budgetShare]) {
      expect(number).toBeGreaterThan(0);
    }
    expect(config.maxCloses).toBeGreaterThanOrEqual(0);
    return config;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).toMatch(/^(nightsweep\.yaml|NIGHTSWEEP_|\w+ cannot be honoured)/);
    expect(error.message.length).toBeLessThan(500);
    return error.message;
  }
}

const yaml = (text: string) => load({ 'nightsweep.yaml': text });

const key = fc.oneof(
  fc.constantFrom<string>(...SETTING_KEYS),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '<<',
    '*a',
    '&a',
    '? ',
    '',
    'secret',
    'stale-after',
  ),
  fc.string(),
);
const anchor = fc.constantFrom('', '', '', '&a ', '*a', '!!str ', '!!set ', '!<tag:x> ', '!js ', '| ', '> ');
const value = fc.oneof(
  fc.constantFrom(
    '24h',
    'none',
    '1e400',
    '-0',
    '.inf',
    '.nan',
    '0x10',
    '1_000',
    '9'.repeat(400),
    '~',
    '',
    '[]',
  ),
  fc.constantFrom(
    '{}',
    '[[]]',
    '[*a, *a]',
    '{<<: *a}',
    '[none, none]',
    '"\\x00"',
    "'",
    '"',
    '`',
    '%',
    '@',
    '\t',
  ),
  fc.integer().map(String),
  fc.string({ unit: 'binary' }),
);
/** Lines that are nearly settings. */
const lines = fc
  .array(fc.tuple(key, fc.constantFrom(': ', ':', ' : ', '\n  - ', ': \n    '), anchor, value), {
    maxLength: 5,
  })
  .map((rows) => rows.map((row) => row.join('')).join('\n'));
/** Documents that yaml itself has written, of whatever shape. */
const documents = fc
  .oneof(fc.dictionary(key, fc.jsonValue(), { maxKeys: 4 }), fc.jsonValue())
  .map((json) => stringify(json));
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom(...'a:-?[]{}&*!|>\'"%@`#, \n\t~<\\\u2028\ufeff\0'),
    maxLength: 100,
  }),
);

describe('a settings file', () => {
  it('of whatever text is settings or one sentence that names the place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(lines, documents, noise), async (text) => {
        expect(await yaml(text)).toBeDefined();
      }),
      tries(1_000),
    );
  });

  it('with a secret at any place is never repeated', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(lines, noise), fc.nat(), async (text, place) => {
        const at = place % (text.length + 1);
        const told = await yaml(text.slice(0, at) + SECRET + text.slice(at));
        if (typeof told === 'string') expect(told).not.toContain(SECRET);
      }),
      tries(800),
    );
  });

  it.each([
    ['as a key', `${SECRET}: x`],
    ['glued to a key', `GENESYS_CLIENT_SECRET=${SECRET}: x`],
    ['glued to a name of another kind', 'KEY=hunter2: x'],
    ['as a tag', `staleAfter: !${SECRET} 24h`],
    ['as a tag without an end', `staleAfter: !${SECRET}! 24h`],
    ['as a tag in full', `staleAfter: !<${SECRET}> 24h`],
    ['as an anchor', `staleAfter: *${SECRET}`],
    ['in a list', `exemptQueues: [0f8fad5b-d9cb-469f-a165-70867728950e, ${SECRET}]`],
    ['as a value', `staleAfter: ${SECRET}`],
    ['as a directive', `%${SECRET}\n---\nx: 1`],
    ['as a mapping for a key', `? {${SECRET}: hunter2}\n: x`],
  ])('does not repeat a secret %s', async (_, text) => {
    const told = await yaml(text);
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain('hunter2');
  });

  const laughs = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(10)}]`);
  it.each([
    ['a billion laughs', ['a0: &a0 [x]', ...laughs].join('\n')],
    ['an alias of itself', 'exemptQueues: &a [*a]'],
    ['20,000 open lists', '['.repeat(20_000)],
    ['20,000 closed lists', `exemptQueues: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['20,000 open mappings', '{'.repeat(20_000)],
    ['20,000 dashes', '- '.repeat(20_000)],
    ['5,000 question marks', '? '.repeat(5_000)],
    ['a key of a megabyte', `? ${'x'.repeat(1_000_000)}\n: 1`],
    ['a value of a megabyte', `staleAfter: ${'9'.repeat(1_000_000)}`],
    ['a list of lists', 'exemptQueues: [[]]'],
  ])('of %s ends in one sentence', async (_, text) => {
    expect(await yaml(text)).toEqual(expect.stringMatching(/^nightsweep\.yaml/));
  });

  it.each(['[', '{', '- ', '? ', ': '])(
    'of 20,000 times %j is refused before anybody recurses into it',
    async (open) => {
      expect(await yaml(open.repeat(20_000))).toMatch(/^nightsweep\.yaml nests far too deep; /);
    },
  );

  it('cannot change what all objects inherit', async () => {
    await yaml('__proto__:\n  polluted: yes\nconstructor: {prototype: {polluted: yes}}');
    expect('polluted' in {}).toBe(false);
  });
});

describe('the environment', () => {
  const name = fc.oneof(
    fc.constantFrom(...SETTING_KEYS.map(variableOf), 'NIGHTSWEEP_CONFIG', 'NIGHTSWEEP_', '__proto__'),
    fc.string().map((text) => `NIGHTSWEEP_${text}`),
  );

  it('of whatever variables is settings or one sentence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.oneof(value, noise), { maxKeys: 4 }), async (env) => {
        delete env.NIGHTSWEEP_CONFIG;
        expect(await load({}, env)).toBeDefined();
      }),
      tries(500),
    );
  });

  it('in a .env of whatever text is settings or one sentence', async () => {
    const dotEnv = fc
      .array(fc.tuple(fc.constantFrom('', 'export ', '# '), name, fc.constantFrom('=', ' = ', ''), value), {
        maxLength: 4,
      })
      .map((rows) => rows.map((row) => row.join('')).join('\n'))
      .filter((text) => !text.includes('NIGHTSWEEP_CONFIG'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(dotEnv, noise), async (text) => {
        expect(await load({ '.env': text })).toBeDefined();
      }),
      tries(500),
    );
  });
});
