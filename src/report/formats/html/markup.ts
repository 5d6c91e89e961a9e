import { visible } from '../../text.ts';

/** Text that a browser may read as markup. Only {@link html} and {@link trusted} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: anything that is not {@link Markup} is text, and is escaped. Null leaves nothing. */
export type Content = Markup | string | number | null | readonly Content[];

/**
 * The only way in which the page is put together: what comes from outside can be forgotten nowhere, since every
 * string is escaped. Attributes are always written in double quotes.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, at) => text + shown(contents[at - 1] ?? null) + part));
}

/** For markup of our own making: the style sheet, and what Vega has drawn and escaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function shown(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(shown).join('');
  return escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What could steer a reader's eye (bidi, line ends) is shown, as everywhere else. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
