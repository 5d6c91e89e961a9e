import { describe, expect, it } from 'vitest';
import { type FindMissing, findMissing, missingExit } from '../../src/discover/missing.ts';
import type { OpenMapping } from '../../src/discover/ports.ts';
import { type Conversation, unreadable } from '../../src/domain/conversation.ts';
import { ApiError, type ApiFailure } from '../../src/domain/errors.ts';
import { T0, uuid } from './analytics.ts';

const failure = (kind: ApiFailure, status: number | null = null) =>
  new ApiError('asking was no use', { failure: kind, status });
const MAPPINGS: OpenMapping[] = Array.from({ length: 250 }, (_, n) => ({
  conversationId: uuid(n),
  sessionId: `web-${n}`,
  startedAt: T0,
  lastActivityAt: null,
}));
/** Every tenth is missing. */
const isKnown = (id: string) => Number(id.slice(-12)) % 10 !== 0;

async function found(changes: Partial<FindMissing> = {}) {
  const asked: number[] = [];
  const result = await findMissing({
    clock: { now: () => T0, sleep: () => new Promise(() => {}) },
    deadlineMs: 60_000,
    signal: new AbortController().signal,
    api: {
      knownOf: async (ids) => {
        asked.push(ids.length);
        return new Set(ids.filter(isKnown));
      },
    },
    conversations: { read: async () => null },
    store: {
      pageOpen: (_period, after, size) =>
        MAPPINGS.filter(({ conversationId }) => after === null || conversationId > after).slice(0, size),
    },
    period: { since: T0, until: T0 + 1 },
    verify: false,
    limit: null,
    ...changes,
  });
  return { ...result, calls: asked };
}

describe('finding mappings that analytics does not know', () => {
  it('asks about all of them, a hundred at a time, and lists those that are not told', async () => {
    const { missing, asked, stop, calls } = await found();
    expect(missing).toHaveLength(25);
    expect(missing[1]).toEqual({ ...MAPPINGS[10], verified: null });
    expect({ asked, stop, calls }).toEqual({ asked: 250, stop: null, calls: [100, 100, 50] });
  });

  it('asks about fewer at a time after a 400', async () => {
    const sizes: number[] = [];
    const knownOf: FindMissing['api']['knownOf'] = async (ids) => {
      sizes.push(ids.length);
      if (ids.length > 30) throw failure('refused', 400);
      return new Set(ids.filter(isKnown));
    };
    const { missing } = await found({ api: { knownOf } });
    expect(missing).toHaveLength(25);
    expect(sizes.slice(0, 7)).toEqual([100, 50, 25, 25, 25, 25, 25]);
  });

  it.each([
    ['without the permission', failure('forbidden', 403), 4],
    ['when nobody is there', failure('never_sent'), 8],
    ['when the answer is lost', failure('lost', 502), 8],
    ['when one id alone is refused', failure('refused', 400), 8],
  ])('stops %s: what was not answered for is not missing', async (_when, error, exitCode) => {
    let calls = 0;
    const knownOf: FindMissing['api']['knownOf'] = async (ids) => {
      if (++calls > 1) throw error;
      return new Set(ids.filter(isKnown));
    };
    const result = await found({ api: { knownOf } });
    expect(result).toMatchObject({ asked: 100, stop: { exitCode } });
    expect(result.missing).toHaveLength(10);
    expect(missingExit(result)).toBe(exitCode);
  });

  it('verifies each by a read of its own, within the limit', async () => {
    const reads: string[] = [];
    const read = async (id: string): Promise<Conversation | null> => {
      reads.push(id);
      if (id === uuid(0)) return null;
      if (id === uuid(10)) return { ...unreadable(id, ''), problem: null, status: 'active' };
      throw failure('forbidden', 403);
    };
    const result = await found({ verify: true, limit: 3, conversations: { read } });
    expect(reads).toEqual([uuid(0), uuid(10), uuid(20)]);
    expect(result.missing.map(({ verified }) => verified)).toEqual([
      { result: 'not_found', why: null },
      { result: 'active', why: null },
      { result: 'failed', why: 'asking was no use' },
    ]);
    expect(result.stop).toMatchObject({ exitCode: 6 });
    expect(missingExit(result)).toBe(6);
    expect(missingExit({ ...result, stop: null })).toBe(3);
  });
});
