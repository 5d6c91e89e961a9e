import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, course, roundUp } from '../../src/dashboard/html/bars.ts';
import { pageOf, renderLogin, renderPage } from '../../src/dashboard/html/page.ts';
import { modelOf } from '../../src/dashboard/model.ts';
import type { Seen } from '../../src/dashboard/read.ts';
import { runLines } from '../../src/dashboard/run-lines.ts';
import { roughly } from '../../src/dashboard/times.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { dayName } from '../../src/report/formats/html/words.ts';
import { tries } from '../helpers/fuzz.ts';
import { emptyReport, fullReport, listed } from '../report/html/samples.ts';
import { aRun, around, couldNotBegin, NOW, seen } from './make.ts';

const FRESH = { asOf: NOW, ageSeconds: 2, everyMs: 5_000, canLogOut: true };

function pageFor(record: Seen): string {
  const model = modelOf(around(record));
  return renderPage(pageOf(model), model, FRESH);
}

/** Tags in the order in which they come, with the names of their attributes. */
function skeleton(page: string): string[] {
  return [...page.replace(/<(style|script)>.*?<\/\1>/gs, '').matchAll(/<[a-zA-Z/!][^>]*>/g)].map(([tag]) =>
    tag.replace(/"[^"]*"/g, '""'),
  );
}

describe('the page', () => {
  it('lets no text from outside become markup, wherever it stands', () => {
    const build = (text: string) => {
      const failure = fullReport(28).failures.items[0];
      if (failure === undefined) throw new Error('no failure');
      const report = {
        ...emptyReport(28),
        keptReasons: [{ reason: text, n: 3 }],
        failures: listed([{ ...failure, sessionId: text, errorCode: text, correlationId: text }]),
        backlog: { ...emptyReport(28).backlog, onHold: 1, pendingRequests: 1 },
      };
      return pageFor(
        seen(
          [
            aRun({ message: text, exitCode: 5, state: 'refused' }),
            aRun({ id: 3, message: text, exitCode: 1 }),
          ],
          {
            report,
            held: [{ conversationId: text, sessionId: text, holdUntil: NOW + DAY }],
            asked: {
              total: 1,
              first: [{ id: 1, conversationId: text, origin: text, requestedAt: NOW }],
              origins: [{ origin: text, n: 1 }],
            },
          },
        ),
      );
    };
    const plain = skeleton(build('plain'));
    const hostile = fc.oneof(
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onload='x",
        '&lt;b&gt;',
        '</title>',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeleton(build(text))).toEqual(plain);
      }),
      tries(25),
    );
  });

  it('has no inline style and no handler, which its policy forbids', () => {
    const page = pageFor(seen([aRun()], { report: fullReport(28) }));
    expect(skeleton(page).filter((tag) => / (style|on\w+)=/.test(tag))).toEqual([]);
    expect(skeleton(renderLogin('wrong', 'web-1')).filter((tag) => / (style|on\w+)=/.test(tag))).toEqual([]);
  });

  it('begins its title with the verdict, and changes its tag only with what is to be seen', () => {
    const tagOf = (record: Seen) => pageOf(modelOf(around(record)));
    const record = seen([aRun()], { report: fullReport(28) });
    expect(tagOf(record).title).toBe('✓ closed 177 · web-1 · nightsweep');
    expect(tagOf({ ...record }).etag).toBe(tagOf(record).etag);
    const at = (ms: number) => tagOf({ ...record, now: NOW + ms }).etag;
    expect(at(2_000)).toBe(at(1_000));
    expect(tagOf({ ...record, events: { ...record.events, waiting: 1 } }).etag).not.toBe(tagOf(record).etag);
  });

  it('shows the night of today as missing only when it is', () => {
    const full = fullReport(28);
    const today = full.days.at(-1)?.day ?? '';
    const days = full.days.map((day) => (day.day === today ? { ...day, ran: false } : day));
    const crossesWith = (missing: readonly { day: string; dueAt: number }[]) => {
      const report = { ...full, days, nights: full.nights && { ...full.nights, missing: listed(missing) } };
      return pageFor(seen([aRun()], { report })).match(/<i>×<\/i>/g)?.length ?? 0;
    };
    expect(crossesWith([{ day: today, dueAt: NOW - 9 * HOUR }]) - crossesWith([])).toBe(1);
  });

  it('shows as missing a day on which only the sweep of the night before came to its end', () => {
    const full = fullReport(28);
    const none = { closed: 0, already_closed: 0, not_found: 0, kept: 0, failed: 0, unconfirmed: 0 };
    const days = full.days.map((day, at) => ({
      ...{ ...day, ran: true, expired: 0, not_attempted: 0, closed: 1 },
      ...(at === 20 ? none : {}),
    }));
    const missing = listed([{ day: days[20]?.day ?? '', dueAt: NOW - 7 * DAY }]);
    const pageWith = (nights: typeof missing) =>
      pageFor(
        seen([aRun()], {
          report: { ...full, days, nights: full.nights && { ...full.nights, missing: nights } },
        }),
      );
    expect(pageWith(missing).match(/<i>.<\/i>/g)).toEqual(['<i>×</i>']);
    expect(pageWith(listed([])).match(/<i>.<\/i>/g)).toEqual(['<i>○</i>']);
  });

  it('has in its tables the newest day first, and none before the first on record', () => {
    const full = fullReport(28);
    const none = { closed: 0, already_closed: 0, not_found: 0, kept: 0, failed: 0, unconfirmed: 0 };
    const days = full.days.map((day, at) =>
      at < full.days.length - 3
        ? { ...day, ...none, expired: 0, not_attempted: 0, ran: false }
        : { ...day, ran: true },
    );
    const since = days.at(-3)?.day ?? '';
    const backlogTrend = listed(full.backlogTrend.items.filter(({ day }) => day >= since));
    const nights = full.nights && { ...full.nights, missing: listed([]), firstRunAt: Date.parse(since) };
    const page = pageFor(seen([aRun()], { report: { ...full, days, backlogTrend, nights } }));
    const rowsOf = (id: string) => {
      const [, table = ''] = page.split(`id="${id}-table"`);
      const end = table.indexOf('</details>');
      return [...table.slice(0, end).matchAll(/<th scope="row">(.*?)</g)].map(([, name]) => name);
    };
    const names = days.map(({ day }) => dayName(day));
    expect(rowsOf('closed')).toEqual(names.slice(-3).reverse());
    expect(rowsOf('backlog')[0]).toBe(names.at(-1));
    expect(rowsOf('backlog').length).toBeLessThanOrEqual(3);
  });

  it('has in its legend every mark and every colour that it shows', () => {
    const full = fullReport(28);
    const pageWith = (gone: number, closed: number) => {
      const days = full.days.map((day) => ({
        ...{ ...day, ran: true, closed, already_closed: 0, not_found: gone },
        ...{ failed: 0, unconfirmed: 0, expired: 0, not_attempted: 0 },
      }));
      const totals = { ...full.totals, not_found: 28 * gone };
      return pageFor(seen([aRun()], { report: { ...full, days, totals } }));
    };
    const [ring, gone] = ['</span>nothing to close</li>', '</span>not found</li>'];
    expect(pageWith(0, 0)).toContain('<i>○</i>');
    expect(pageWith(0, 0)).toContain(ring);
    expect(pageWith(0, 0)).not.toContain(gone);
    expect(pageWith(1, 0)).toContain(gone);
    expect(pageWith(1, 0)).not.toContain(ring);
    expect(pageWith(0, 1)).not.toContain('<i>○</i>');
  });

  it('leaves out the cards of which none would have anything, and no others', () => {
    const headings = (record: Seen) =>
      [...pageFor(record).matchAll(/<h2[^>]*>(.*?)</g)].map(([, text]) => text);
    expect(headings(seen([], { hasMappings: false }))).toEqual([]);
    const full = headings(seen([]));
    expect(full).toContain('Recent runs');
    for (const run of [aRun(), aRun({ dryRun: true }), aRun({ kind: 'webhook' })]) {
      expect(headings(seen([run], { hasMappings: false }))).toEqual(full);
    }
  });

  it('says that nothing needs anybody only when there is nothing to say', () => {
    expect(pageFor(seen([aRun()]))).toContain('Nothing does.');
    expect(pageFor(seen([]))).toContain('Nothing besides what is said above.');
    const refused = pageFor(seen([aRun({ exitCode: 5, message: 'Accept it with --accept-policy.' })]));
    expect(refused).not.toContain('Nothing besides');
    expect(refused).toContain('run “nightsweep sweep --accept-policy” once');
  });
});

describe('a chart', () => {
  it('rounds its scale up, so that nothing is cut and halves are whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (n) => {
        const top = roundUp(n);
        expect(top).toBeGreaterThanOrEqual(n);
        expect(top).toBeLessThanOrEqual(2 * n);
        expect(top === 1 || top % 2 === 0).toBe(true);
      }),
      tries(200),
    );
  });

  it('stacks its parts from the ground, and shows even the smallest', () => {
    const parts = [
      ['closed', 50],
      ['trouble', 1],
      ['gone', 0],
    ] as const;
    const { text } = columns('name', [{ title: 't', tick: 'x', parts, mark: null }]);
    const rects = [...text.matchAll(/class="(\w+)" width="10" y="([\d.]+)" height="([\d.]+)"/g)].slice(0);
    expect(rects.map(([, look, y, height]) => [look, Number(y), Number(height)])).toEqual([
      ['closed', 16.67, 83.33],
      ['trouble', 15, 1.67],
    ]);
    const few = columns('name', [
      {
        title: 't',
        tick: 'x',
        parts: [
          ['closed', 100_000],
          ['trouble', 1],
        ],
        mark: null,
      },
    ]);
    expect(few.text).toContain('class="trouble" width="10" y="15.67" height="1.00"');
  });

  it('leaves a gap where nothing is known, and a dot for what stands alone', () => {
    const level = (due: number | null) => ({ title: '', tick: '', due, left: null });
    const { text } = course(
      'name',
      [level(1), null, level(2), level(2)].map((one) => one ?? level(null)),
    );
    expect(text).toContain('class="line due" d="M5 50.00M25 0.00L35 0.00"');
    expect(text).toContain('class="dots due" d="M5 50.00h0M35 0.00h0"');
  });
});

describe('the recent runs', () => {
  it('show each exit code but 0 at any width, and all that a run has said', () => {
    const message = `The close list has no line for it: ${'look at it again and '.repeat(12)}check it with nightsweep doctor.`;
    const page = pageFor(seen([aRun(), aRun({ id: 3, message, exitCode: 8, state: 'stopped' })]));
    expect(page).toContain('<span>stopped (8)</span>');
    expect(page).toContain('<span>done</span>');
    expect(page).toContain(message);
  });

  const batch = (id: number, changes = {}) =>
    aRun({ id, kind: 'webhook', scope: 'requested', counts: { closed: 2 }, ...changes });

  it('fold batches that follow one another, by the worst of their ends', () => {
    const runs = [batch(9), batch(8, { exitCode: 3 }), batch(7), aRun({ id: 6 }), batch(5)];
    const lines = runLines(seen(runs), () => true, 12);
    expect(
      lines.map(({ id, n, what, tone, exitCode, closed }) => [id, n, what, tone, exitCode, closed]),
    ).toEqual([
      [9, 3, '3 batches in the background', 'watch', 3, 6],
      [6, 1, 'sweep', 'good', 0, 177],
      [5, 1, 'batch in the background', 'good', 0, 2],
    ]);
    expect(runLines(seen(runs), () => true, 1)).toHaveLength(1);
    expect(runLines(seen(runs), () => true, 1)[0]?.n).toBe(3);
  });

  it('tell a dry run from a real one, and what died from what is at work', () => {
    const dry = aRun({ id: 3, dryRun: true, scope: 'limited', counts: { wouldClose: 7 } });
    const open = aRun({ id: 2, state: 'running', finishedAt: null, exitCode: null });
    expect(
      runLines(seen([dry, open]), () => true, 5).map(({ what, end, closed }) => [what, end, closed]),
    ).toEqual([
      ['dry limited sweep', 'done', 7],
      ['sweep', 'at work', null],
    ]);
    expect(runLines(seen([dry]), () => true, 5)[0]?.tone).toBe('none');
    expect(runLines(seen([{ ...dry, exitCode: 4 }]), () => true, 5)[0]?.tone).toBe('bad');
    expect(runLines(seen([open]), () => false, 5)[0]).toMatchObject({ tone: 'bad', end: 'died' });
  });

  it('have a row without a number for a night that could not begin', () => {
    const lastNight = couldNotBegin('No way in.');
    const rowsOf = (record: Seen) => {
      const { runs } = modelOf(around(record, { lastNight }));
      return runs.map(({ id, end, exitCode }) => [id, end, exitCode]);
    };
    expect(rowsOf(seen([aRun()]))).toEqual([
      [null, 'could not begin', 4],
      [40, 'done', 0],
    ]);
    const since = batch(41, { startedAt: NOW - MINUTE });
    expect(rowsOf(seen([since, aRun()])).map(([id]) => id)).toEqual([41, null, 40]);
    expect(rowsOf(seen([])).map(([id]) => id)).toEqual([null]);
    expect(
      rowsOf(seen([aRun({ startedAt: NOW - MINUTE })])).map(([id]) => id),
      'one has begun since',
    ).toEqual([40]);
    const page = renderPage(
      pageOf(modelOf(around(seen([aRun()]), { lastNight }))),
      modelOf(around(seen([]))),
      FRESH,
    );
    expect(page).toContain('<th scope="row">–</th>');
  });

  it('show what is left also where there is no room for its column, unless something went wrong', () => {
    const leftOf = (counts: Parameters<typeof aRun>[0]) =>
      /<span class="narrow-only">([\d,]+ left)<\/span>/.exec(pageFor(seen([aRun(counts)])))?.[1];
    expect(leftOf({ exitCode: 6, counts: { left: 1_200 } })).toBe('1,200 left');
    expect(leftOf({ exitCode: 3, counts: { left: 1_200, failed: 1 } })).toBeUndefined();
    expect(leftOf({})).toBeUndefined();
  });

  it('tell of a sweep that has not ended what it has done so far, and of any other nothing', () => {
    const open = {
      state: 'running',
      finishedAt: null,
      exitCode: null,
      counts: { closed: 0, kept: 0 },
    } as const;
    const limited = aRun({ ...open, id: 42, scope: 'limited' });
    const record = seen([limited, aRun({ ...open, id: 41 })], {
      progress: { closed: 57, kept: 9, failed: 2 },
    });
    const figures = runLines(record, () => true, 5).map((line) => [
      line.closed,
      line.kept,
      line.trouble,
      line.left,
    ]);
    expect(figures).toEqual([
      [null, null, null, null],
      [57, 9, 2, null],
    ]);
    const cells = (page: string) =>
      [...page.matchAll(/<td class="n[^"]*">(.*?)<\/td>/g)].map(([, text]) => text);
    const page = pageFor(record);
    expect(cells(page.slice(page.indexOf('runs-box'))).slice(0, 10)).toEqual([
      '–',
      '–',
      '–',
      '–',
      '',
      '57',
      '9',
      '2',
      '–',
      '',
    ]);
  });
});

it.each([
  [0, 'less than a minute'],
  [90_000, '1m'],
  [2 * HOUR + 13 * MINUTE, '2h 10m'],
  [2 * HOUR + 9 * MINUTE, '2h'],
  [23 * HOUR + 59 * MINUTE, '23h'],
  [3 * DAY + 4 * HOUR, '3d 4h'],
  [40 * DAY + 4 * HOUR, '40d'],
])('%i ms are roughly %s', (ms, text) => {
  expect(roughly(ms)).toBe(text);
});
