import { afterEach, describe, expect, it } from 'vitest';
import { knownZone, zoneOfMachine } from '../../src/cli/zone.ts';

const { TZ } = process.env;

describe('the time zone of the machine', () => {
  afterEach(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });

  it.each([
    ['Europe/Berlin', 'Europe/Berlin', 'Europe/Berlin'],
    ['UTC', 'UTC', 'UTC'],
    ['', null, 'UTC'],
    ['Foo/Bar', null, 'UTC'],
  ])('with TZ=%j is known to be %j, and shown as %s', (given, known, shown) => {
    process.env.TZ = given;
    expect([knownZone(), zoneOfMachine()]).toEqual([known, shown]);
    expect(() => new Intl.DateTimeFormat('en-GB', { timeZone: zoneOfMachine() })).not.toThrow();
  });
});
