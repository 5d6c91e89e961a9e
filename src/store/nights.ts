import type { NightRecord } from '../schedule/ports.ts';
import type { Db } from './connection.ts';
import { instant } from './rows.ts';

/** What is asked about whole nights. */
export function nightRecord(db: Db): NightRecord {
  const lastBegan = db.prepare<Record<string, never>, { readonly started_at: string }>(`
    SELECT started_at FROM runs WHERE kind = 'sweep' AND scope = 'full' AND dry_run = 0
    ORDER BY id DESC LIMIT 1`);
  return { lastBeganAt: () => instant(lastBegan.get({})?.started_at ?? null) };
}
