import { describe, expect, it } from 'vitest';
import { readGiven } from '../../src/config/given.ts';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Values } from '../../src/config/settings.ts';
import { UsageError } from '../../src/domain/errors.ts';

const QUEUE = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

const read = (key: SettingKey, text: string) => readGiven(key, { text, origin: 'flag', where: 'here' });

describe('a setting given as text', () => {
  it.each<[SettingKey, string, Values[SettingKey]]>([
    ['staleAfter', '24h', 86_400_000],
    ['staleAfter', '1m', 60_000],
    ['platformTimerGrace', '0s', 0],
    ['maxDuration', 'none', null],
    ['maxDuration', '2h', 7_200_000],
    ['staleAfterWithAgent', 'staleAfter', null],
    ['ratePerMinute', '300', 300],
    ['concurrency', '100', 100],
    ['maxCloses', '0', 0],
    ['maxCloses', 'unlimited', Number.POSITIVE_INFINITY],
    ['maxCloses', 'Unlimited', Number.POSITIVE_INFINITY],
    ['budgetShare', '0.5', 0.5],
    ['budgetShare', '.25', 0.25],
    ['budgetShare', '1', 1],
    ['api', 'gateway', 'gateway'],
    ['api', 'Platform', 'platform'],
    ['awaitingAgent', 'close', 'close'],
    ['survey', 'no', false],
    ['survey', 'TRUE', true],
    ['survey', '0', false],
    ['db', ' some/where.db ', 'some/where.db'],
    ['closeReason', 'none', null],
    ['closeReason', 'ended at night', 'ended at night'],
    ['expectOrganization', 'Acme GmbH', 'Acme GmbH'],
    ['exemptQueues', 'none', []],
    ['exemptQueues', QUEUE.toUpperCase(), [QUEUE]],
    ['exemptDivisions', `${QUEUE}, ${OTHER},${QUEUE}`, [QUEUE, OTHER]],
    ['messageTypes', 'WebMessaging,open', ['webmessaging', 'open']],
  ])('%s of "%s" is %o', (key, text, value) => {
    expect(read(key, text)).toEqual(value);
  });

  const DURATION = 'a duration such as 90s, 15m, 24h or 1h30m';
  it.each<[SettingKey, string, string]>([
    [
      'staleAfter',
      '24',
      `here: staleAfter cannot be "24" (24 has no unit; did you mean 24h?); give ${DURATION}, from 1m to 3650d.`,
    ],
    ['staleAfter', '59s', `here: staleAfter cannot be "59s"; give ${DURATION}, from 1m to 3650d.`],
    ['staleAfter', 'none', `here: staleAfter cannot be "none"; give ${DURATION}, from 1m to 3650d.`],
    ['staleAfter', '99999d', `here: staleAfter cannot be "99999d"; give ${DURATION}, from 1m to 3650d.`],
    [
      'verifyFor',
      '15',
      `here: verifyFor cannot be "15" (15 has no unit; did you mean 15s?); give ${DURATION}, from 1s to 1h.`,
    ],
    [
      'maxDuration',
      'never',
      `here: maxDuration cannot be "never"; give ${DURATION}, from 1s to 3650d, or none.`,
    ],
    ['concurrency', '0', 'here: concurrency cannot be "0"; give a whole number from 1 to 100.'],
    ['concurrency', '101', 'here: concurrency cannot be "101"; give a whole number from 1 to 100.'],
    ['ratePerMinute', 'NaN', 'here: ratePerMinute cannot be "NaN"; give a whole number from 1 to 100000.'],
    ['ratePerMinute', '1e3', 'here: ratePerMinute cannot be "1e3"; give a whole number from 1 to 100000.'],
    ['ratePerMinute', '2.5', 'here: ratePerMinute cannot be "2.5"; give a whole number from 1 to 100000.'],
    [
      'maxCloses',
      '-1',
      'here: maxCloses cannot be "-1"; give a whole number from 0 to 10000000, or unlimited.',
    ],
    [
      'maxCloses',
      'none',
      'here: maxCloses cannot be "none"; give a whole number from 0 to 10000000, or unlimited.',
    ],
    ['budgetShare', '0', 'here: budgetShare cannot be "0"; give a number above 0 and up to 1, such as 0.5.'],
    [
      'budgetShare',
      '1.01',
      'here: budgetShare cannot be "1.01"; give a number above 0 and up to 1, such as 0.5.',
    ],
    [
      'budgetShare',
      '50%',
      'here: budgetShare cannot be "50%"; give a number above 0 and up to 1, such as 0.5.',
    ],
    ['api', 'platfrom', 'here: api cannot be "platfrom" (did you mean platform?); give platform or gateway.'],
    ['awaitingAgent', 'maybe', 'here: awaitingAgent cannot be "maybe"; give keep or close.'],
    ['survey', 'maybe', 'here: survey cannot be "maybe"; give true or false.'],
    ['db', '  ', 'here: db has no value; give the path of a SQLite file.'],
    [
      'exemptQueues',
      `${QUEUE}, Sales`,
      `here: exemptQueues cannot be "${QUEUE}, Sales" ("Sales" is not a UUID); give ids (UUIDs) separated by commas, or none.`,
    ],
    [
      'exemptQueues',
      `${QUEUE},`,
      `here: exemptQueues cannot be "${QUEUE}," ("" is not a UUID); give ids (UUIDs) separated by commas, or none.`,
    ],
  ])('%s of "%s" is refused', (key, text, sentence) => {
    expect(() => read(key, text)).toThrow(new UsageError(sentence));
  });

  it('has no empty list of message types, which would keep everything in silence', () => {
    expect(() => read('messageTypes', 'none')).toThrow(
      'cannot be "none" (without any, nothing would be closed)',
    );
    expect(() => read('messageTypes', 'webmesaging')).toThrow('did you mean webmessaging?');
  });

  it('is cut short in the error when it is long', () => {
    expect(() => read('concurrency', 'x'.repeat(500))).toThrow(`"${'x'.repeat(80)}…"`);
  });
});

describe('the table of settings', () => {
  it.each(SETTING_KEYS)('has a default for %s that is read and written as the same text', (key) => {
    const value = read(key, SETTINGS[key].default);
    const { format } = SETTINGS[key].kind as { format(value: unknown): string };
    expect(format(value)).toBe(SETTINGS[key].default);
  });

  it('says what each setting does in one sentence', () => {
    for (const key of SETTING_KEYS) expect(SETTINGS[key].description).toMatch(/^[A-Z][^.]*\.$/);
  });
});
