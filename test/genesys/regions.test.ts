import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { apiUrlOf, loginUrlOf, REGIONS, resolveHost } from '../../src/genesys/regions.ts';

describe('a region of Genesys Cloud', () => {
  it.each(REGIONS)('$region is $host, by either name and any address in it', ({ region, host }) => {
    for (const text of [region, host, ` ${host.toUpperCase()} `, `api.${host}`, `https://login.${host}/`]) {
      expect(resolveHost(text)).toBe(host);
    }
  });

  it.each([
    ['https://apps.mypurecloud.de/directory/#/admin', 'mypurecloud.de'],
    ['apne9.pure.cloud', 'apne9.pure.cloud'],
    ['login.usw9.us-gov-pure.cloud', 'usw9.us-gov-pure.cloud'],
    ['mypurecloud.co.uk', 'mypurecloud.co.uk'],
  ])('%s is %s, though nobody has listed it', (text, host) => {
    expect(resolveHost(text)).toBe(host);
  });

  it.each([
    ['mypurecloud.comm', 'mypurecloud.com'],
    ['eu-centrl-1', 'eu-central-1'],
    ['usw2.purecloud', 'usw2.pure.cloud'],
    ['pure.cloud', 'usw2.pure.cloud'],
    ['mypurecloud.com.example.org', 'mypurecloud.com.au'],
    ['mypurecloud.com:8443', 'mypurecloud.com'],
    ['mypurecloud.com@evil', 'mypurecloud.com'],
  ])('%s is none: something like %s was meant', (text, meant) => {
    const sentence = `${JSON.stringify(text)} is not a region of Genesys Cloud; did you mean ${meant}? Give its host, or the AWS name of a known region.`;
    expect(() => resolveHost(text)).toThrow(new UsageError(sentence));
  });

  it.each(['ireland', 'Frankfurt', 'xx', 'production'])('%s is none, and none is suggested', (text) => {
    const sentence = `${JSON.stringify(text)} is not a region of Genesys Cloud; give its host, such as mypurecloud.com, or the AWS name of a known region.`;
    expect(() => resolveHost(text)).toThrow(new UsageError(sentence));
  });

  it('has one host for tokens and one for everything else', () => {
    expect([loginUrlOf('mypurecloud.ie'), apiUrlOf('mypurecloud.ie')]).toEqual([
      'https://login.mypurecloud.ie',
      'https://api.mypurecloud.ie',
    ]);
  });
});
