import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/domain/decide.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { type ExplainQuestion, explain } from '../../src/report/explain.ts';
import { explanationJson } from '../../src/report/formats/explain-json.ts';
import { renderExplanation } from '../../src/report/formats/explain-text.ts';
import type { History } from '../../src/report/ports.ts';
import { aConversation, aMapping, anOutcome, aPolicy, aRequest, ID, NOW } from '../domain/make.ts';

const NOTHING: History = {
  mapping: null,
  mappedAt: null,
  source: null,
  intendedAt: null,
  requests: [],
  outcomes: [],
  detailSince: null,
};
const pending = { ...aRequest(), settledAt: null, outcome: null };

function explained(changes: Partial<ExplainQuestion> = {}, history: Partial<History> = {}) {
  return explain({
    conversationId: ID,
    history: { ...NOTHING, mapping: aMapping(), source: 'csv:list.csv', ...history },
    remote: aConversation(),
    policy: aPolicy(),
    now: NOW,
    ...changes,
  });
}

describe('explaining a conversation that was read just now', () => {
  it('goes through all rules in their order up to the one that decides', () => {
    const { rules, decision, conclusion } = explained({ remote: aConversation({ parked: true }) });
    const parked = RULES.findIndex(({ name }) => name === 'is it parked');
    expect(rules).toEqual(
      RULES.map(({ name }, at) => ({
        question: name,
        result: at < parked ? 'passed' : at === parked ? 'decided' : 'not_asked',
        says: at > parked ? null : expect.any(String),
      })),
    );
    expect(rules[parked]?.says).toBe('an agent has parked it to come back to it');
    expect(decision).toMatchObject({ action: 'keep', reason: 'parked' });
    expect(conclusion).toBe('It is kept (parked): an agent has parked it to come back to it.');
  });

  it.each([
    ['close', {}, 'It would be closed (stale): idle for 2d.'],
    [
      'settle',
      { status: 'closed', endedAt: NOW - HOUR },
      'Nothing is left to close (ended): it has already ended at 2026-11-10T02:00:00.000Z.',
    ],
  ] as const)('concludes with what a sweep would do: %s', (_, changes, expected) => {
    expect(explained({ remote: aConversation(changes) }).conclusion).toBe(expected);
  });

  it('decides by the pending request, not by one that is settled', () => {
    const settled = { ...aRequest(), id: 0, settledAt: NOW - DAY, outcome: 'kept' as const };
    const remote = aConversation({ lastActivityAt: NOW - 2 * HOUR });
    expect(explained({ remote }, { requests: [settled] }).decision?.reason).toBe('active_recently');
    expect(explained({ remote }, { requests: [settled, pending] }).decision?.reason).toBe('requested');
  });

  it('says that the remote side does not know it', () => {
    const explanation = explained({ remote: 'not_found' });
    expect(explanation).toMatchObject({ basis: 'not_found', rules: [], decision: null, remote: null });
    expect(explanation.conclusion).toMatch(/does not know it \(404\)/);
  });
});

describe('explaining from the record only', () => {
  it('says so, asks no rule, and tells what the last real run recorded', () => {
    const outcomes = [
      { ...anOutcome({ detail: 'it was active 1h ago' }), runId: 3, dryRun: false },
      { ...anOutcome({ outcome: 'would_close', reason: 'stale' }), runId: 4, dryRun: true },
    ];
    const explanation = explained({ remote: null }, { outcomes });
    expect(explanation).toMatchObject({ basis: 'record', rules: [], decision: null, remote: null });
    expect(explanation.conclusion).toBe(
      'It was not read now. Run 3 last recorded kept (active_recently) at 2026-11-09T03:00:00.000Z: it was active 1h ago.',
    );
    expect(renderExplanation(explanation)).toContain('from our own record only');
  });

  it('says when no run has looked yet', () => {
    expect(explained({ remote: null }).conclusion).toMatch(/No run has looked at it yet/);
  });
});

describe('whether a sweep looks at it at all', () => {
  it.each([
    ['nobody named it', { mapping: null }, /^No mapping and no close request/],
    [
      'a close was interrupted',
      { intendedAt: NOW - HOUR },
      /result is not known; the next sweep verifies it first/,
    ],
    ['its close was asked for', { requests: [pending] }, /request is pending/],
    [
      'it is on hold',
      { mapping: aMapping({ holdUntil: NOW + DAY }) },
      /no sweep looks at it before 2026-11-11T03/,
    ],
    ['it was on hold', { mapping: aMapping({ holdUntil: NOW }) }, /^It is due/],
    [
      'its mapping is closed',
      { mapping: aMapping({ state: 'closed', stateAt: NOW - DAY }) },
      /mapping is closed/,
    ],
    [
      'its own side was active after the close',
      { mapping: aMapping({ state: 'closed', stateAt: NOW - 3 * DAY }) },
      /^It is due/,
    ],
    [
      'it is exactly at the cutoff',
      { mapping: aMapping({ lastActivityAt: NOW - DAY }) },
      /not due before 2026-11-10T03:00/,
    ],
    [
      'only its start is known',
      { mapping: aMapping({ lastActivityAt: null }) },
      /^It is due: our side was last active 4d ago/,
    ],
  ] as [string, Partial<History>, RegExp][])('when %s', (_, history, expected) => {
    expect(explained({}, history).selection).toMatch(expected);
  });
});

describe('the text of an explanation', () => {
  const everything = explained(
    { remote: aConversation({ queueIds: ['q1', 'q2'], divisionIds: null, platformEndsAt: NOW + DAY }) },
    {
      mapping: aMapping({ sessionId: 'evil\x1b[2J', userId: 'u-1' }),
      requests: [
        { ...aRequest({ reason: 'asked by '.repeat(20), force: true }), settledAt: NOW, outcome: 'kept' },
        pending,
      ],
      outcomes: [
        { ...anOutcome(), runId: 3, dryRun: true },
        {
          ...anOutcome({
            outcome: 'failed',
            reason: 'inspect',
            httpStatus: 503,
            errorCode: 'service.unavailable',
            correlationId: 'c-1',
          }),
          runId: 4,
          dryRun: false,
        },
      ],
    },
  );
  const text = renderExplanation(everything);

  it('fits 80 columns and lets nothing steer the terminal', () => {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^[\P{Cc}\n]*$/u);
    expect(text).toContain('evil\\u{001b}[2J');
  });

  it('shows facts, requests, outcomes, rules and the conclusion', () => {
    for (const part of [
      'last activity     2026-11-08T03:00:00.000Z (2d ago)',
      'timer ends it     2026-11-11T03:00:00.000Z (in 1d)',
      'agent connected   no',
      'queues            q1, q2',
      'divisions         -',
      '2026-11-10 02:00:00  its close was asked for by cli\n',
      '2026-11-09 03:00:00  dry run 3: kept (active_recently)\n',
      'run 4: failed (inspect): status 503; service.unavailable;',
      'correlation id c-1',
      'does not decide  can it be understood? yes\n',
      'decides          was its close asked for? its close was asked for by cli at',
      'not asked        is it parked?',
      'It would be closed (requested)',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says plainly when our record knows nothing, and that it may have been pruned', () => {
    const text = renderExplanation(explained({ remote: null }, NOTHING)).replaceAll(/\s+/g, ' ');
    expect(text).toContain('Our record knows nothing of it: no mapping, no close request and no outcome');
    expect(text).not.toContain('pruned');
    const later = { ...NOTHING, detailSince: NOW - 40 * DAY };
    expect(renderExplanation(explained({ remote: null }, later)).replaceAll(/\s+/g, ' ')).toContain(
      'Outcomes before 2026-10-01 were pruned, and can no longer be found by id.',
    );
    expect(renderExplanation(explained())).not.toContain('knows nothing');
  });

  it('says when no mapping names it', () => {
    expect(renderExplanation(explained({ remote: null }, { mapping: null }))).toContain(
      'no mapping names it',
    );
  });
});

describe('the JSON of an explanation', () => {
  it('has ISO times, the facts of both sides, and every rule', () => {
    const json = explanationJson(
      explained({}, { requests: [pending], outcomes: [{ ...anOutcome(), runId: 3, dryRun: false }] }),
    );
    expect(json).toMatchObject({
      conversationId: ID,
      at: '2026-11-10T03:00:00.000Z',
      basis: 'read',
      facts: {
        ours: {
          session: 's-1',
          user: null,
          lastActivity: '2026-11-08T03:00:00.000Z',
          source: 'csv:list.csv',
        },
        genesys: { status: 'active', agentConnected: false, queues: ['q1'], timerEndsIt: null },
      },
      requests: [{ requestedAt: '2026-11-10T02:00:00.000Z', settledAt: null, force: false }],
      outcomes: [{ runId: 3, dryRun: false, decidedAt: '2026-11-09T03:00:00.000Z', outcome: 'kept' }],
      decision: { action: 'close', reason: 'requested' },
      recorded: true,
      detailSince: null,
    });
    expect(json.timeline).toContainEqual({
      at: '2026-11-09T03:00:00.000Z',
      until: null,
      kind: 'outcome',
      runs: [3],
      dryRun: false,
      text: 'run 3: kept (active_recently)',
    });
    expect(json.rules).toHaveLength(RULES.length);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it('has null where there is no mapping and no read', () => {
    const { facts } = explanationJson(explained({ remote: null }, { mapping: null }));
    expect(facts).toEqual({ ours: null, genesys: null });
  });
});
