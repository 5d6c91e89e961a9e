import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../src/config/secrets.ts';
import { tries } from '../helpers/fuzz.ts';

describe('the secrets of a process', () => {
  it('are redacted wherever they stand, from the moment they are known', () => {
    const secrets = createSecrets();
    expect(secrets.redact('Bearer abc.def-123')).toBe('Bearer abc.def-123');
    secrets.add('abc.def-123');
    expect(secrets.redact('Bearer abc.def-123, abc.def-123')).toBe('Bearer [redacted], [redacted]');
  });

  it('are redacted whole where one is a part of another', () => {
    const secrets = createSecrets();
    secrets.add('12345678');
    secrets.add('12345678-and-more');
    expect(secrets.redact('12345678-and-more 12345678')).toBe('[redacted] [redacted]');
  });

  it('are not looked for when they are so short that ordinary words would be defaced', () => {
    const secrets = createSecrets();
    for (const short of ['', 'a', 'closed', '1234567']) secrets.add(short);
    expect(secrets.redact('closed 1234567')).toBe('closed 1234567');
  });

  it('never show, whatever they and the text around them are', () => {
    const secret = fc.string({ minLength: 8, maxLength: 20, unit: fc.constantFrom(...'ab$.*[(\\"é') });
    fc.assert(
      fc.property(
        fc.array(secret, { maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 5 }),
        (known, around) => {
          const secrets = createSecrets();
          for (const one of known) secrets.add(one);
          const shown = secrets.redact([...around, ...known, ''].join(known[0] ?? ''));
          for (const one of known) expect(shown).not.toContain(one);
        },
      ),
      tries(500),
    );
  });
});
