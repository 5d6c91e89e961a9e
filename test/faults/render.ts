import { OPERATIONS, type Operation, TIMES, type Times } from './harm.ts';
import { INTENT, NOTHING } from './play.ts';
import { type Expected, type Row, TABLE } from './table.ts';

const TITLES: Readonly<Record<Operation, string>> = {
  read: 'a read',
  close: 'a close',
  verify: 'the read after a close',
  survey: 'the survey',
  token: 'the token',
};
const HOW_OFTEN: Readonly<Record<Times, string>> = { once: 'once', burst: 'three times', always: 'always' };

/** The whole table as Markdown, for people: one line for each fault and how often it strikes. */
export function renderTable(): string {
  const reasons: string[] = [];
  const lines = TABLE.flatMap((row) =>
    TIMES.filter((times) => OPERATIONS.some((operation) => expectedIn(row, operation, times) !== null)).map(
      (times) => {
        const cells = OPERATIONS.map((operation) => cell(row, operation, times, reasons));
        return `| ${[row.what, HOW_OFTEN[times], ...cells].join(' | ')} |`;
      },
    ),
  );
  const titles = ['what goes wrong', 'how often', ...OPERATIONS.map((operation) => TITLES[operation])];
  return [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => ' --- |').join('')}`,
    ...lines,
    '',
    ...reasons.map((reason, i) => `${i + 1}. ${reason}.`),
    '',
  ].join('\n');
}

function expectedIn(row: Row, operation: Operation, times: Times): Expected | null {
  const cells = row.cells[operation];
  return typeof cells === 'string' ? null : (cells[times] ?? null);
}

/** An operation that it cannot be done to has a note; one for which it makes no difference how often, a dash. */
function cell(row: Row, operation: Operation, times: Times, reasons: string[]): string {
  const cells = row.cells[operation];
  if (typeof cells === 'string') {
    if (!reasons.includes(cells)) reasons.push(cells);
    return `(${reasons.indexOf(cells) + 1})`;
  }
  const expected = cells[times];
  return expected === undefined ? NOTHING : inWords(expected);
}

function inWords({ outcome, exit, patches, next }: Expected): string {
  const now = outcome === NOTHING ? 'nothing recorded' : outcome === INTENT ? 'intent stays' : outcome;
  const sent = patches === 0 ? [] : [`${patches} PATCH`];
  const then = next === NOTHING ? [] : [`next: ${next}`];
  return [now, `exit ${exit}`, ...sent, ...then].join(', ');
}

/** How many cells are played, and how many have a reason for not being. */
export function countCells(): { readonly played: number; readonly inapplicable: number } {
  const cells = TABLE.flatMap((row) => Object.values(row.cells));
  return {
    played: cells.flatMap((one) => (typeof one === 'string' ? [] : Object.keys(one))).length,
    inapplicable: cells.filter((one) => typeof one === 'string').length,
  };
}
