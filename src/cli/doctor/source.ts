import { SourceError } from '../../domain/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Context } from '../command.ts';
import { type Check, fail, ok } from './check.ts';

/** The database that the mapping is read from, where there is one. `store` null: there is no record yet. */
export async function examineSource(context: Context, store: Store | null): Promise<Check[]> {
  const { source } = context.config().config;
  if (source === null) return [];
  const { waitingRows } = await import('../sync.ts');
  try {
    const waiting = waitingRows(context, store, source);
    const rows = waiting === 1 ? '1 row' : `${waiting} rows`;
    const when = store?.sources.state(source.file) ? 'new or read again' : 'none of them read yet';
    return [
      ok('source', `${source.file} can be read and has the columns; ${rows} for the next sweep, ${when}`),
    ];
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [fail('source', error.message, error.exitCode)];
  }
}
