import { html, type Markup } from './markup.ts';
import { count } from './words.ts';

/** How much of a list is shown; a sheet of paper has less room. Whoever needs all of it takes another format. */
export interface Room {
  readonly onScreen: number;
  readonly onPaper: number;
}

/** The attribute that leaves the entry `at` this place out on paper. */
export function spare(at: number, { onPaper }: Room): Markup | null {
  return at < onPaper ? null : html` class="spare"`;
}

/**
 * Says how many are not shown, which paper may answer otherwise than the screen.
 * @param ofWhat follows the number: ` of other kinds`
 */
export function andMore(screen: number, paper: number, ofWhat = ''): Markup {
  const line = (n: number, where: string) =>
    n > 0 ? html`<p class="more${where}">and ${count(n)} more${ofWhat}</p>\n` : null;
  if (screen === paper) return html`${line(screen, '')}`;
  return html`${line(screen, ' on-screen')}${line(paper, ' on-paper')}`;
}
