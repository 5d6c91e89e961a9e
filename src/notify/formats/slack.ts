import type { Instant } from '../../domain/time.ts';
import { factsOf, type Notice, nextCommand } from '../notice.ts';

/** Slack refuses a message with a longer text in a section, or in a header (Block Kit reference). */
const LONGEST_SECTION = 3_000;
const LONGEST_HEADER = 150;

const MARK = { good: '🟢', attention: '🟡', bad: '🔴' } as const;

/**
 * The body of a Slack incoming webhook, which Mattermost and others take too. `text` is what notifications on a phone show.
 * `verbatim`: no name or address in it becomes a mention or a link.
 */
export function slackBody(notice: Notice, moment: (at: Instant) => string): string {
  const { headline, name, message, mood } = notice;
  const next = nextCommand(notice);
  const title = `${MARK[mood]} ${headline} (${name})`;
  // The title has the name already, for that is what a phone shows.
  const facts = factsOf(notice, moment).flatMap(([label, value]) =>
    label === 'From' ? [] : [`${label}: ${value}`],
  );
  const context = {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: escapedWithin(facts.join(' · '), LONGEST_SECTION), verbatim: true }],
  };
  return JSON.stringify({
    text: escapedWithin(`${title}: ${message}`, LONGEST_SECTION),
    blocks: [
      {
        type: 'header',
        // Plain text is shown as it is, so it is not escaped.
        text: { type: 'plain_text', text: escapedWithin(title, LONGEST_HEADER, (one) => one), emoji: false },
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: escapedWithin(next === null ? message : `${message}\nNext: ${next}`, LONGEST_SECTION),
          verbatim: true,
        },
      },
      ...(facts.length > 0 ? [context] : []),
    ],
  });
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escaped, and cut so that no escape is cut through; at least a blank, for an empty text is refused. */
function escapedWithin(
  text: string,
  longest: number,
  escaping = (character: string) => ESCAPED[character] ?? character,
): string {
  let fitting = '';
  for (const character of text) {
    const escaped = escaping(character);
    if (fitting.length + escaped.length > longest - 1) return `${fitting}…`;
    fitting += escaped;
  }
  return fitting === '' ? ' ' : fitting;
}
