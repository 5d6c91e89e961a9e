import { describe, expect, it } from 'vitest';
import type { AccountEntry } from '../../src/simulator/account.ts';
import { disagreements, type Recorded } from '../../src/simulator/agreement.ts';

const ID = '00000000-0000-4000-8000-000000000001';

function compared(entry: Partial<AccountEntry>, record: Partial<Recorded>): string[] {
  const account: AccountEntry = {
    id: ID,
    kind: 'with_bot',
    status: 'active',
    endedAt: null,
    endedBy: null,
    patches: 0,
    effectivePatches: 0,
    reads: 0,
    ...entry,
  };
  return disagreements(
    [account],
    [{ conversationId: ID, mappingState: 'open', outcomes: [], ...record }],
  ).map((sentence) => sentence.replace(`${ID} (with_bot): `, ''));
}

const closedByUs = { status: 'abandoned', endedBy: 'api', effectivePatches: 1 } as const;
const endedByItself = { status: 'abandoned', endedBy: 'self' } as const;

describe('comparing the record with the world', () => {
  it.each<[string, Partial<AccountEntry>, Partial<Recorded>]>([
    ['nothing was done and nothing recorded', {}, {}],
    ['it was closed', closedByUs, { mappingState: 'closed', outcomes: ['closed'] }],
    ['it ended by itself', endedByItself, { mappingState: 'closed', outcomes: ['already_closed'] }],
    ['it was kept', {}, { outcomes: ['kept'] }],
    ['it is gone', { status: 'gone' }, { mappingState: 'gone', outcomes: ['not_found'] }],
    ['a close has not shown yet', closedByUs, { outcomes: ['unconfirmed', 'failed'] }],
    [
      'it was closed, came back and ended by itself',
      { ...endedByItself, effectivePatches: 1 },
      { mappingState: 'closed', outcomes: ['closed'] },
    ],
    ['it is not in the mapping', closedByUs, { mappingState: null, outcomes: ['closed'] }],
  ])('agrees when %s', (_, entry, record) => {
    expect(compared(entry, record)).toEqual([]);
  });

  it.each<[string, Partial<AccountEntry>, Partial<Recorded>]>([
    ['closed by us 1 times, and recorded as closed 0 times', closedByUs, {}],
    [
      'closed by us 2 times, and recorded as closed 1 times',
      { ...closedByUs, effectivePatches: 2 },
      { mappingState: 'closed', outcomes: ['closed'] },
    ],
    [
      'recorded as closed 1 times, and closed by us 0 times',
      endedByItself,
      { mappingState: 'closed', outcomes: ['closed'] },
    ],
    [
      'recorded as closed, and it is active, ended by null',
      { effectivePatches: 1 },
      { mappingState: 'closed', outcomes: ['closed'] },
    ],
    [
      'recorded as already_closed, and it is active, ended by null',
      {},
      { mappingState: 'closed', outcomes: ['already_closed'] },
    ],
    ['recorded as kept, and it is abandoned, ended by self', endedByItself, { outcomes: ['kept'] }],
    [
      'recorded as not_found, and it is active, ended by null',
      {},
      { mappingState: 'gone', outcomes: ['not_found'] },
    ],
    ['its mapping is open, and should be closed', closedByUs, { outcomes: ['closed'] }],
    ['its mapping is closed, and should be open', {}, { mappingState: 'closed', outcomes: ['kept'] }],
  ])('says so: %s', (sentence, entry, record) => {
    expect(compared(entry, record)).toEqual([sentence]);
  });

  it('says so when something is recorded of what never existed, unless it was not found', () => {
    const stranger = (outcome: 'closed' | 'not_found') =>
      disagreements([], [{ conversationId: ID, mappingState: null, outcomes: [outcome] }]);
    expect(stranger('closed')).toEqual([`${ID}: recorded closed, but it never existed`]);
    expect(stranger('not_found')).toEqual([]);
  });
});
