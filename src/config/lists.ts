import { parseConversationId } from '../domain/ids.ts';
import { echo } from './echo.ts';
import { type Kind, list, orWord } from './kinds.ts';
import { nearest } from './nearest.ts';
import { accept, refuse } from './parsed.ts';

/** Ids of queues or divisions (UUIDs like those of conversations), lower case; `none` is the empty list. */
export function ids(): Kind<readonly string[]> {
  return orWord(
    list('list of ids', 'ids (UUIDs) separated by commas', (item) => {
      const id = parseConversationId(item);
      return id === null ? refuse(`${echo(item)} is not a UUID`) : accept(id);
    }),
    'none',
    [],
  );
}

/** The values of a participant's `type` that Genesys's SDK documents. */
const MESSAGE_TYPES = [
  'webmessaging',
  'whatsapp',
  'sms',
  'open',
  'facebook',
  'instagram',
  'apple',
  'line',
  'telegram',
  'twitter',
  'kakao',
] as const;

const OCCASIONS = ['failure', 'refusal', 'change'] as const;

/** The nights that are told. */
export function occasions(): Kind<readonly (typeof OCCASIONS)[number][]> {
  return someOf('words', OCCASIONS, 'to have nobody told, set no address');
}

/** Kinds of messaging. An empty list would keep everything and look like a quiet night. */
export function messageTypes(): Kind<readonly string[]> {
  return someOf('types', MESSAGE_TYPES, 'without any, nothing would be closed');
}

/** A list of these words, one at least. */
function someOf<const T extends string>(
  what: string,
  known: readonly T[],
  ifNone: string,
): Kind<readonly T[]> {
  return list(`list of ${what}`, `${what} separated by commas, of ${known.join(', ')}`, (item) => {
    const word = item.toLowerCase();
    const found = known.find((one) => one === word);
    if (found !== undefined) return accept(found);
    if (word === 'none') return refuse(ifNone);
    const meant = nearest(item, known);
    return refuse(`${echo(item)} is not one of them${meant === null ? '' : `; did you mean ${meant}?`}`);
  });
}
