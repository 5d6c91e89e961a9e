import { html, type Markup } from '../markup.ts';
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

/** Beyond these, other formats are the better ones. The last of each are left out on paper, too. */
const GROUPS = 8;
const LINES = 6;

export interface CaseSection {
  readonly id: string;
  readonly title: string;
  readonly say: string;
  readonly groups: readonly CaseGroup[];
  /** How many there are, of which `groups` has some or all. */
  readonly total: number;
}

/** What happened, to how many, what to do, and the first few of them. */
export function caseSection({ id, title, say, groups, total }: CaseSection): Markup {
  const shown = groups.slice(0, GROUPS);
  const covered = shown.reduce((sum, { lines }) => sum + lines.length, 0);
  return html`<section class="long" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="say">${say}</p>
<ul class="cases">
${shown.map(groupOf)}</ul>
${total > covered ? html`<p class="more">and ${count(total - covered)} more, for other reasons</p>\n` : null}</section>
`;
}

function groupOf({ what, next, lines }: CaseGroup): Markup {
  const rest = lines.length - LINES;
  return html`<li>
<p class="what"><b>${count(lines.length)}</b> ${what}</p>
${next === null ? null : html`<p class="next">${next}</p>\n`}<ul>
${lines.slice(0, LINES).map(lineOf)}</ul>
${rest > 0 ? html`<p class="more">and ${count(rest)} more</p>\n` : null}</li>
`;
}

function lineOf({ conversationId, facts }: CaseLine): Markup {
  return html`<li><span class="id">${conversationId}</span> <span class="facts">${facts.join(' · ')}</span></li>\n`;
}

/** What has the same heading and asks for the same, together; in the order of the first of each. */
export function grouped<T>(items: readonly T[], groupOf: (item: T) => CaseGroup): CaseGroup[] {
  const groups = new Map<string, CaseGroup & { lines: CaseLine[] }>();
  for (const item of items) {
    const { what, next, lines } = groupOf(item);
    const key = JSON.stringify([what, next]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { what, next, lines: [...lines] });
    else group.lines.push(...lines);
  }
  return [...groups.values()];
}
