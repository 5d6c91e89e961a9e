import { describe, expect, it } from 'vitest';
import { createNarrator } from '../../src/cli/narrator.ts';
import { progressLine } from '../../src/cli/progress.ts';
import { noCounts } from '../../src/domain/run.ts';
import { sink } from './running.ts';

const progress = {
  phase: 'sweeping',
  done: 120,
  total: 500,
  counts: { ...noCounts(), closed: 31 },
  waitingMs: 0,
} as const;

describe('the progress line', () => {
  it('tells how far, how fast and how long still', () => {
    expect(progressLine(progress, 24_000, 120)).toBe(
      `${'━'.repeat(6)}${'╌'.repeat(18)} sweeping 120/500, 31 closed, 5.0/s, 1m 16s left`,
    );
  });

  it('says what it waits for', () => {
    expect(progressLine({ ...progress, waitingMs: 11_200 }, 24_000, 200)).toMatch(
      /, waiting 12 s for the rate limit$/,
    );
  });

  it('of a dry run counts what would be closed', () => {
    const counts = { ...noCounts(), wouldClose: 7 };
    expect(progressLine({ ...progress, counts }, 24_000, 120)).toContain('7 to close');
  });

  it.each([20, 40, 80])('is cut to %i columns', (columns) => {
    const line = progressLine({ ...progress, waitingMs: 60_000 }, 24_000, columns);
    expect(line.length).toBeLessThan(columns);
    expect(line.endsWith('…')).toBe(true);
  });

  it('has neither a rate nor an end when nothing is known yet', () => {
    const line = progressLine({ ...progress, done: 0, total: 0 }, 0, 120);
    expect(line).toContain('sweeping 0/0, 31 closed, 0.0/s');
    expect(line).not.toMatch(/left|NaN|Infinity/);
  });
});

describe('the narrator', () => {
  /** A bar that writes down what happens to it, between the lines. */
  function narration() {
    const stderr = sink(80);
    const narrator = createNarrator(stderr);
    const bar = { clear: () => stderr.write('<clear>'), draw: () => stderr.write('<bar>') };
    return { stderr, narrator, bar };
  }

  it('takes the bar away for a line and draws it again below', () => {
    const { stderr, narrator, bar } = narration();
    narrator.show(bar);
    narrator.redraw();
    narrator.write('a line\n');
    expect(stderr.text).toBe('<bar><clear>a line\n<bar>');
  });

  it('writes lines as they are when there is no bar', () => {
    const { stderr, narrator, bar } = narration();
    narrator.show(bar);
    narrator.show(null);
    narrator.write('a line\n');
    narrator.redraw();
    expect(stderr.text).toBe('<clear>a line\n');
  });

  it('keeps the bar out of the way of a question, also when nobody answers', async () => {
    const { stderr, narrator, bar } = narration();
    narrator.show(bar);
    const question = narrator.without(async () => {
      narrator.redraw();
      narrator.write('Really? ');
      throw new Error('nobody there');
    });
    await expect(question).rejects.toThrow('nobody there');
    expect(stderr.text).toBe('<clear>Really? ');
    narrator.redraw();
    expect(stderr.text).toBe('<clear>Really? <bar>');
  });
});
