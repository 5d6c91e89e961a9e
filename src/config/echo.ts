import { shortened } from '../domain/text.ts';

const SHOWN_LENGTH = 80;
/** No setting, name or id is as long as this in one piece; a secret in the wrong place is. */
const SECRET_LENGTH = 40;
const PIECE = new RegExp(`[\\w+/=~.-]{${SECRET_LENGTH},}`, 'g');

/** A text that somebody gave, for an error: in quotes, cut, and without what could be a misplaced secret. */
export function echo(text: string): string {
  const shown = text.replace(PIECE, (piece) => (isMixed(piece) ? '[hidden]' : piece));
  return JSON.stringify(shortened(shown, SHOWN_LENGTH));
}

function isMixed(piece: string): boolean {
  return /\d/.test(piece) && /[a-z]/i.test(piece);
}

/**
 * The word with which a name begins; what follows it (`SECRET=hunter2`) is not repeated.
 * @param otherwise what to say where nothing of it can be repeated
 */
export function echoName(name: string, otherwise: string): string {
  const [word = ''] = /^[\w.-]*/.exec(name) ?? [];
  if (word === '' || word.length >= SECRET_LENGTH) return otherwise;
  return word === name ? word : `${word}…`;
}
