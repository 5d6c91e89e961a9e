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

/** The nights that are told. There is no empty list: who wants none sets no address. */
export function occasions(): Kind<readonly (typeof OCCASIONS)[number][]> {
  return list('list of words', `words separated by commas, of ${OCCASIONS.join(', ')}`, (item) => {
    const found = OCCASIONS.find((occasion) => occasion === item.toLowerCase());
    if (found !== undefined) return accept(found);
    const meant = nearest(item, OCCASIONS);
    return refuse(`${echo(item)} is not one of them${meant === null ? '' : `; did you mean ${meant}?`}`);
  });
}

/** Kinds of messaging. There is no empty list: it would keep everything and look like a quiet night. */
export function messageTypes(): Kind<readonly string[]> {
  return list('list of types', `types separated by commas, of ${MESSAGE_TYPES.join(', ')}`, (item) => {
    const found = MESSAGE_TYPES.find((type) => type === item.toLowerCase());
    if (found !== undefined) return accept(found);
    const meant = nearest(item, MESSAGE_TYPES);
    return refuse(`${echo(item)} is not one of them${meant === null ? '' : `; did you mean ${meant}?`}`);
  });
}
