import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/config/endpoint.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { tries } from '../helpers/fuzz.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Node's own idea of it, not a pattern over text. */
function isThisMachine(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const parse = (text: string) => parseEndpoint(text, 'GENESYS_API_URL');

describe('plain http', () => {
  it.each([
    ['http://127.1', 'http://127.0.0.1'],
    ['http://2130706433', 'http://127.0.0.1'],
    ['http://0x7f.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://017700000001', 'http://127.0.0.1'],
    ['http://127。0。0。1', 'http://127.0.0.1'],
    ['http://127.0.0.1.', 'http://127.0.0.1'],
    ['http://LOCALHOST', 'http://localhost'],
    ['http://ⓛocalhost', 'http://localhost'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
  ])('to %s is to this machine, and written so', (text, taken) => {
    expect(parse(text)).toBe(taken);
  });

  it.each([
    'http://localhost.evil.com',
    'http://localhost.',
    'http://127.0.0.1.evil.com',
    'http://127.evil.com',
    'http://evil.com/127.0.0.1',
    'http://evil.com\\@127.0.0.1',
    'http://0',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:8.8.8.8]',
    'http://[fe80::1]',
    'http://128.0.0.1',
    'http://2147483649',
    'http://sub.localhost',
    'http://loсalhost',
  ])('to %s is refused', (text) => {
    expect(() => parse(text)).toThrow(UsageError);
  });

  it.each(['http://127.0.0.1:hunter2@evil.com', 'http://hunter2@localhost', 'https://a:hunter2@127.0.0.1'])(
    'with more than an address is refused, and a password in it is not repeated: %s',
    (text) => {
      expect(() => parse(text)).toThrow(UsageError);
      expect(() => parse(text)).not.toThrow('hunter2');
    },
  );
});

describe('whatever is given for a URL', () => {
  const part = fc.constantFrom(
    ...[
      'http://',
      'https://',
      'http:',
      'HTTP:/',
      '//',
      '\\',
      '/',
      '@',
      ':',
      '?',
      '#',
      '.',
      '。',
      '%2e',
      '\t',
      '\n',
    ],
    ...['localhost', '127.0.0.1', '127.1', '0x7f', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '[', ']'],
    ...['evil.com', 'user:pw', '8080', '\u200b', '\u00ad', 'ⓔ', '٣', '0', 'x'],
  );
  const host = fc.constantFrom(
    'localhost',
    '127.0.0.1',
    '127.1',
    '[::1]',
    'evil.com',
    '0x7f.1',
    '127。1',
    '10.0.0.1',
  );
  const nearly = fc
    .tuple(
      fc.constantFrom('http://', 'https://'),
      host,
      fc.option(part, { nil: '' }),
      fc.option(part, { nil: '' }),
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(
    { weight: 3, arbitrary: nearly },
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.array(part, { maxLength: 7 }).map((parts) => `http://${parts.join('')}`),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: 'binary' }),
  );

  it('is an address that no credentials leave this machine for unencrypted, or one sentence', () => {
    let taken = 0;
    fc.assert(
      fc.property(text, (given) => {
        let url: string;
        try {
          url = parse(given);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        taken++;
        const { protocol, username, password, search, hash } = new URL(url);
        expect([username, password, search, hash]).toEqual(['', '', '', '']);
        expect(url).not.toMatch(/\/$/);
        expect(protocol === 'https:' || isThisMachine(url)).toBe(true);
      }),
      tries(3_000),
    );
    expect(taken).toBeGreaterThan(100);
  });
});
