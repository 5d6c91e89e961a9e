import { html, type Markup } from '../markup.ts';
import { andMore, type Room, spare } from '../shorter.ts';
import { count } from '../words.ts';

/** One conversation in a list. */
export interface CaseLine {
  readonly conversationId: string;
  /** Session, correlation id, when: whatever is known. */
  readonly facts: readonly string[];
}

/** Conversations with which the same has happened. */
export interface CaseGroup {
  readonly what: string;
  /** What somebody should do about it; null: nothing. */
  readonly next: string | null;
  readonly lines: readonly CaseLine[];
}

export interface CaseSection {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly say: string;
  readonly groups: readonly CaseGroup[];
  /** How many conversations there are, of which `groups` has some or all. */
  readonly total: number;
}

const GROUPS: Room = { onScreen: 8, onPaper: 3 };
const LINES: Room = { onScreen: 5, onPaper: 1 };

/** What happened, to how many, what to do, and the first few of them. */
export function caseSection({ id, title, say, groups, total }: CaseSection): Markup {
  const covered = (shown: number) => groups.slice(0, shown).reduce((sum, { lines }) => sum + lines.length, 0);
  return html`<section class="long" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="say">${say}</p>
<ul class="cases">
${groups.slice(0, GROUPS.onScreen).map(groupOf)}</ul>
${andMore(total - covered(GROUPS.onScreen), total - covered(GROUPS.onPaper), ' of other kinds')}</section>
`;
}

function groupOf({ what, next, lines }: CaseGroup, at: number): Markup {
  return html`<li${spare(at, GROUPS)}>
<p class="what"><b>${count(lines.length)}</b> ${what}</p>
${next === null ? null : html`<p class="next">${next}</p>\n`}<ul>
${lines.slice(0, LINES.onScreen).map(lineOf)}</ul>
${andMore(lines.length - LINES.onScreen, lines.length - LINES.onPaper)}</li>
`;
}

function lineOf({ conversationId, facts }: CaseLine, at: number): Markup {
  return html`<li${spare(at, LINES)}><span class="id">${conversationId}</span> <span class="facts">${facts.join(' · ')}</span></li>\n`;
}

/** What has the same heading and asks for the same, together; in the order of the first of each. */
export function grouped<T>(
  items: readonly T[],
  groupOf: (item: T) => Omit<CaseGroup, 'lines'> & CaseLine,
): CaseGroup[] {
  const groups = new Map<string, CaseGroup & { lines: CaseLine[] }>();
  for (const item of items) {
    const { what, next, conversationId, facts } = groupOf(item);
    const key = JSON.stringify([what, next]);
    const group = groups.get(key) ?? { what, next, lines: [] };
    groups.set(key, group);
    group.lines.push({ conversationId, facts });
  }
  return [...groups.values()];
}
