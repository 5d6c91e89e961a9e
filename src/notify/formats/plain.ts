import { factsOf, type Notice } from '../notice.ts';

/** A few lines of text, which a dead man's switch shows with the beat. */
export function plainBody(notice: Notice): string {
  const facts = factsOf(notice).map(([label, value]) => `${label}: ${value}`);
  return `${[notice.headline, notice.message, '', ...facts].join('\n')}\n`;
}
