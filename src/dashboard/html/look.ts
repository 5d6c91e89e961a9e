import { html, type Markup } from '../../report/formats/html/markup.ts';
import type { Tone } from '../verdict.ts';

export const MARKS: Readonly<Record<Tone, string>> = {
  good: '✓',
  watch: '!',
  bad: '✗',
  busy: '…',
  none: '–',
};

const FILLS: Readonly<Record<Tone, string>> = {
  good: '#1f8a55',
  watch: '#b26a00',
  bad: '#c9372c',
  busy: '#2b6cb0',
  none: '#6b7683',
};
const STROKES: Readonly<Record<Tone, string>> = {
  good: 'M9 17l5 5 10-12',
  watch: 'M16 8v10M16 23v1',
  bad: 'M10 10l12 12M22 10L10 22',
  busy: 'M9 16h1M16 16h1M23 16h1',
  none: 'M10 16h12',
};

/** The state as a picture for a tab, told apart by its shape too. */
export function iconOf(tone: Tone): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="${FILLS[tone]}"/><path d="${STROKES[tone]}" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** The same on the page, in its colours; what it means is said beside it. */
export function discOf(tone: Tone): Markup {
  return html`<svg class="disc ${tone}" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="16"/><path d="${STROKES[tone]}"/></svg>`;
}
