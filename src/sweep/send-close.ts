import { ApiError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Ending } from './ending.ts';
import type { Health } from './health.ts';
import type { CallContext, ConversationApi } from './ports.ts';

/** How the remote side took the PATCH. */
export type Answer =
  | { readonly kind: 'proven'; readonly endedAt: Instant }
  /** 2xx, which proves nothing by itself. */
  | { readonly kind: 'accepted' }
  /** No answer: it may have been carried out. */
  | { readonly kind: 'lost' }
  /** 4xx: it was not carried out. */
  | { readonly kind: 'refused'; readonly error: ApiError }
  /** It certainly never arrived, or was turned away at the door. */
  | { readonly kind: 'not_sent'; readonly error: ApiError };

/** Sends the PATCH. Throws what ends the run, and then it was not carried out. */
export type SendClose = (conversationId: string, context: CallContext) => Promise<Answer>;

/** @param health of the closes alone: reading may be permitted where closing is not */
export function createSendClose(api: ConversationApi, health: Health, ending: Ending): SendClose {
  return async (conversationId, context) => {
    try {
      const { proof } = await api.close(conversationId, context);
      health.answered();
      return proof === null ? { kind: 'accepted' } : { kind: 'proven', endedAt: proof.endedAt };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      switch (error.failure) {
        case 'lost':
          return { kind: 'lost' };
        // A 2xx whose body says nothing.
        case 'not_json':
          health.answered();
          return { kind: 'accepted' };
        case 'refused':
          health.answered();
          return { kind: 'refused', error };
        case 'forbidden': {
          health.failed(error);
          const verdict = health.verdict();
          if (verdict !== null) ending.fail(verdict);
          return { kind: 'refused', error };
        }
        default:
          return { kind: 'not_sent', error };
      }
    }
  };
}
