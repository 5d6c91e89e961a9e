import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../src/domain/errors.ts';
import { noCounts } from '../../src/domain/run.ts';
import { plainBody } from '../../src/notify/formats/plain.ts';
import { slackBody } from '../../src/notify/formats/slack.ts';
import { teamsBody } from '../../src/notify/formats/teams.ts';
import { webhookBody } from '../../src/notify/formats/webhook.ts';
import { type Notice, noticeOf, testNotice } from '../../src/notify/notice.ts';
import { beating } from '../../src/notify/target.ts';
import { tries } from '../helpers/fuzz.ts';
import { START } from '../helpers/virtual-clock.ts';
import { aNight } from './nights.ts';

const BEFORE = { exitCode: EXIT.ok, finishedAt: START - 86_400_000, failed: false };
const told = (message: string, exitCode: ExitCode = EXIT.auth, name = 'web-1'): Notice =>
  noticeOf(aNight(exitCode, { failed: 2 }, { message }), 'failure', { name, before: BEFORE });

const MOMENT = (at: number) => `at ${at - START} (Europe/Berlin)`;
const slack = (notice: Notice) => slackBody(notice, MOMENT);
const FORMATS = { webhookBody, slackBody: slack, teamsBody, plainBody };
const inAll = (notice: Notice) => Object.values(FORMATS).map((format) => format(notice));

describe('the generic webhook', () => {
  it('has the facts of the night, in the documented shape', () => {
    expect(JSON.parse(webhookBody(told('The secret is wrong.')))).toEqual({
      type: 'night.failure',
      timestamp: '2026-01-15T02:01:30.000Z',
      data: {
        name: 'web-1',
        headline: 'The sweep failed: authentication or permission',
        message: 'The secret is wrong.',
        night: {
          exitCode: 4,
          startedAt: '2026-01-15T02:00:00.000Z',
          finishedAt: '2026-01-15T02:01:30.000Z',
          seconds: 90,
          run: { id: 7, kind: 'sweep', scope: 'full', state: 'failed' },
          counts: { ...noCounts(), closed: 3, kept: 2, alreadyClosed: 1, failed: 2 },
          before: { exitCode: 0, finishedAt: '2026-01-14T02:00:00.000Z' },
        },
      },
    });
  });

  it('says so when there was no run, and when it is a test', () => {
    const none = noticeOf(aNight(EXIT.auth, {}, { report: null }), 'failure', { name: 'x', before: null });
    expect(JSON.parse(webhookBody(none)).data.night).toMatchObject({ run: null, counts: null, before: null });
    expect(JSON.parse(webhookBody(testNotice('x', START)))).toMatchObject({
      type: 'test',
      data: { night: null },
    });
  });

  it('leaves out what a report holds beyond it', () => {
    const night = aNight(EXIT.auth);
    Object.assign(night.report?.run ?? {}, { policy: 'something new' });
    expect(webhookBody(noticeOf(night, 'failure', { name: 'x', before: null }))).not.toContain(
      'something new',
    );
  });
});

describe('a heartbeat', () => {
  it.each(['start', 'fail', 'log', 'success'] as const)('%s keeps the parameters of its address', (beat) => {
    const revealUrl = () => 'https://hc-ping.com/key/nightsweep/?create=1';
    const { url } = beating({ kind: 'heartbeat', host: 'hc-ping.com', revealUrl }, beat, null)();
    const word = beat === 'success' ? '' : `/${beat}`;
    expect(url).toBe(`https://hc-ping.com/key/nightsweep${word}?create=1`);
  });
});

describe('Slack', () => {
  it('gets a header, the sentence and the figures, and a text for phones', () => {
    const body = JSON.parse(slack(told('The secret is wrong.')));
    expect(body.text).toBe('🔴 The sweep failed: authentication or permission (web-1): The secret is wrong.');
    expect(body.blocks.map((block: { type: string }) => block.type)).toEqual([
      'header',
      'section',
      'context',
    ]);
    expect(body.blocks[2].elements[0].text).toBe(
      'Exit code: 4 · Run: 7 · Closed: 3 · Kept: 2 · Left: 0 · Failed: 2 · Began: at 0 (Europe/Berlin) · Took: 1m 30s · Before: exit code 0, at -86400000 (Europe/Berlin)',
    );
  });

  it.each<[string, ExitCode, string, string]>([
    ['a failure', EXIT.auth, 'The secret is wrong.', 'The secret is wrong.\nNext: nightsweep doctor'],
    ['one in part', EXIT.incomplete, 'Closed 3, 2 failed.', 'Closed 3, 2 failed.\nNext: nightsweep runs 7'],
    ...(['Accept it once with --accept-policy.', 'See nightsweep config.'] as const).map(
      (says) => ['one that says so itself', EXIT.refused, says, says] as [string, ExitCode, string, string],
    ),
    ['work left', EXIT.workLeft, 'Closed 3, 9 left.', 'Closed 3, 9 left.'],
  ])('is told what to run next: %s', (_, exitCode, message, text) => {
    expect(JSON.parse(slack(told(message, exitCode))).blocks[1].text.text).toBe(text);
  });

  it('is told the name once, also by a test', () => {
    for (const notice of [told('The secret is wrong.'), testNotice('web-1', START)]) {
      expect(JSON.stringify(JSON.parse(slack(notice)).blocks).match(/web-1/g)).toHaveLength(1);
    }
  });

  it('mentions nobody and links nowhere, whatever the sentence is', () => {
    const body = slack(told('<!channel> <https://evil.example|all is well> & more'));
    expect(body).not.toMatch(/[<>]/);
    expect(JSON.parse(body).blocks[1].text).toEqual({
      type: 'mrkdwn',
      text: '&lt;!channel&gt; &lt;https://evil.example|all is well&gt; &amp; more\nNext: nightsweep doctor',
      verbatim: true,
    });
  });

  it('gets no text that is too long for it, and no half of an escape', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '&', '>', 'a', '😀', '\n'), maxLength: 6_000 }),
        fc.string({ unit: fc.constantFrom('<', '😀', 'b'), maxLength: 200 }),
        (message, name) => {
          const { text, blocks } = JSON.parse(slack(told(message, EXIT.auth, name)));
          const [header, section, context] = blocks;
          const texts = [text, section.text.text, context.elements[0].text];
          for (const one of texts) {
            expect(one.length).toBeGreaterThan(0);
            expect(one.length).toBeLessThanOrEqual(3_000);
            expect(one.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
            expect(one.isWellFormed()).toBe(true);
          }
          expect(header.text.text.length).toBeLessThanOrEqual(150);
        },
      ),
      tries(200),
    );
  });
});

describe('Teams', () => {
  it('gets an Adaptive Card in the envelope that its workflow posts', () => {
    const body = JSON.parse(teamsBody(told('The secret is wrong.')));
    expect(body).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
    });
    const card = body.attachments[0].content;
    expect(card).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
    const texts = card.body.map((block: { inlines: { text: string }[] }) =>
      block.inlines.map(({ text }) => text).join(''),
    );
    expect(texts.slice(0, 2)).toEqual([
      'The sweep failed: authentication or permission',
      'The secret is wrong.',
    ]);
    expect(texts[2]).toContain('Exit code: 4  Run: 7  Closed: 3');
  });

  it('gets texts only where they are no Markdown, and less than 28 KB', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 5_000 }), (message) => {
        const body = teamsBody(told(message));
        expect(Buffer.byteLength(body)).toBeLessThan(28 * 1024);
        const { body: blocks } = JSON.parse(body).attachments[0].content;
        for (const block of blocks) {
          expect(block.type).toBe('RichTextBlock');
          for (const inline of block.inlines) expect(inline.type).toBe('TextRun');
        }
      }),
      tries(100),
    );
  });
});

it('a few lines of text tell the same', () => {
  expect(plainBody(testNotice('web-1', START))).toBe(
    'A test of the notifications\nSomebody asked for it with nightsweep notify --test; there is nothing to do.\n\nFrom: web-1\n',
  );
  expect(plainBody(told('All in order.', EXIT.ok))).toMatch(
    /^All is well\nAll in order\.\n\nFrom: web-1\nExit code: 0\n/,
  );
});

describe('headlines', () => {
  const headline = (code: ExitCode, before: ExitCode | null, counts = {}) =>
    noticeOf(aNight(code, counts), 'change', {
      name: 'x',
      before: before === null ? null : { exitCode: before, finishedAt: START, failed: false },
    }).headline;

  it.each([
    [EXIT.ok, null, {}, 'All is well'],
    [EXIT.ok, EXIT.auth, {}, 'All is well again'],
    [EXIT.ok, EXIT.terminated, {}, 'All is well again'],
    [EXIT.ok, EXIT.workLeft, {}, 'No work is left any more'],
    [EXIT.workLeft, EXIT.ok, {}, 'The sweep left work for the next one'],
    [EXIT.incomplete, EXIT.ok, { failed: 1 }, 'The sweep failed in part'],
    [EXIT.incomplete, EXIT.ok, {}, 'The sweep finished, with something to look at'],
    [EXIT.unavailable, EXIT.ok, {}, 'The sweep could not go on, and left work'],
    [EXIT.refused, EXIT.ok, {}, 'A guard refused to close by policy'],
  ] as const)('%i after %s with %j', (code, before, counts, expected) => {
    expect(headline(code, before, counts)).toBe(expected);
  });
});

it.each([
  ['the webhook', webhookBody],
  ['Slack', slack],
  ['Teams', teamsBody],
])('%s is told of no reason that may be another one: exit 8 has three', (_, bodyOf) => {
  const body = bodyOf(told('Today is no more left of the daily limit.', EXIT.unavailable));
  expect(body).toContain('The sweep could not go on, and left work');
  expect(body).toContain('Today is no more left of the daily limit.');
  expect(body).not.toContain('unavailable');
});

describe('customers', () => {
  const ID = '3f2b8c1e-4a5d-4e6f-8a9b-0c1d2e3f4a5b';

  it('are in no format, whatever a sentence says of them', () => {
    const id = fc.uuid().map((uuid) => uuid as string);
    const spelt = fc.tuple(id, fc.constantFrom('asIs', 'upper', 'bare')).map(([uuid, how]) => {
      if (how === 'upper') return uuid.toUpperCase();
      return how === 'bare' ? uuid.replaceAll('-', '') : uuid;
    });
    const email = fc.constantFrom(
      'jane.doe@example.com',
      'J+x@mail.example.co.uk',
      'visitor_7@firma.example',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(spelt, email), { minLength: 1, maxLength: 200 }),
        // What is no letter or digit of an id, so that it cannot be taken for a part of one.
        fc.constantFrom('', ' ', ': ', '"', '(', '\n', ', session ', '/', '<', '😀'),
        fc.nat(2_000),
        (theirs, between, offset) => {
          const message = `${'x'.repeat(offset)}${between || ' '}${theirs.map((one) => `${between}${one} `).join('')}`;
          for (const body of inAll(told(message))) {
            for (const one of theirs) expect(body.toLowerCase()).not.toContain(one.toLowerCase());
            expect(body).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/i);
          }
        },
      ),
      tries(300),
    );
  });

  it('are not in the name of an installation either', () => {
    for (const body of inAll(told('x', EXIT.auth, `web ${ID}`))) expect(body).not.toContain(ID);
  });

  it('cannot be in what a bug says, because that is not told', () => {
    for (const body of inAll(told('session of Jane Doe is undefined', EXIT.unexpected))) {
      expect(body).not.toContain('Jane');
      expect(body).toContain('unexpected error');
    }
  });
});
