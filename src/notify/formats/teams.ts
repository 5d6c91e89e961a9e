import { factsOf, type Notice } from '../notice.ts';

/** What the colours are called there. */
const COLOR = { good: 'good', attention: 'warning', bad: 'attention' } as const;

/**
 * The body that a workflow of Teams begun by "When a Teams webhook request is received" posts as a card. Texts stand in
 * RichTextBlocks: unlike those of a TextBlock or a FactSet they are no Markdown, so no text becomes a link.
 * Well below the 28 KB that Teams takes, because a notice is bounded.
 */
export function teamsBody(notice: Notice): string {
  const { headline, message, mood } = notice;
  const headlineRun = { ...run(headline), size: 'Large', weight: 'Bolder', color: COLOR[mood] };
  const facts = factsOf(notice).flatMap(([label, value], i) => [
    { ...run(`${i === 0 ? '' : '  '}${label}: `), isSubtle: true },
    run(value),
  ]);
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          // Where a card of this version cannot be shown.
          fallbackText: headline,
          body: [block(headlineRun), block(run(message)), block(...facts)],
          msteams: { width: 'Full' },
        },
      },
    ],
  });
}

const run = (text: string) => ({ type: 'TextRun', text });
const block = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });
