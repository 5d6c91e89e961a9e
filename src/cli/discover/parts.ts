import { type Asking, ask, Stopped } from '../../discover/asking.ts';
import type { DiscoverApi, Period } from '../../discover/ports.ts';
import { ApiError, EXIT, ExpectedError, UnavailableError } from '../../domain/errors.ts';
import { wrongOrganization } from '../../domain/guard.ts';
import type { Client } from '../../genesys/client.ts';
import type { Store } from '../../store/store.ts';
import type { Context } from '../command.ts';

/** What both lists are made with. */
export interface Parts {
  readonly context: Context;
  readonly client: Client;
  readonly api: DiscoverApi;
  readonly store: Store;
  readonly asking: Asking;
  readonly period: Period;
  readonly limit: number | null;
  readonly queueIds: readonly string[];
  readonly userIds: readonly string[];
  /** Does not exist yet; null: none is wanted. */
  readonly outFile: string | null;
}

/**
 * Conversations of another organisation must never get into the mapping, nor be held against it.
 * @throws ExpectedError also when the organisation cannot be learnt
 */
export async function demandOrganization({ context, client, asking }: Parts): Promise<void> {
  const { expectOrganization } = context.config().config;
  if (expectOrganization === null) return;
  try {
    const actual = await ask(asking, ({ signal }) => client.remote.organization(signal));
    const wrong = wrongOrganization(expectOrganization, actual);
    if (wrong !== null) throw new ExpectedError(wrong.sentence, EXIT.refused);
  } catch (error) {
    if (error instanceof Stopped) throw new ExpectedError(error.stop.sentence, error.stop.exitCode);
    if (!(error instanceof ApiError)) throw error;
    throw new UnavailableError(
      `Which organisation the credentials belong to could not be read (${error.message}); run again, or see doctor.`,
    );
  }
}
