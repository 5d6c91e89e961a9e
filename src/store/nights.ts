import type { NightRecord } from '../schedule/ports.ts';
import type { Db } from './connection.ts';
import { instant } from './rows.ts';
import { FULL_SWEEP } from './run-rows.ts';

/** What is asked about whole nights. */
export function nightRecord(db: Db): NightRecord {
  const lastBegan = db.prepare<Record<string, never>, { readonly started_at: string }>(`
    SELECT started_at FROM runs WHERE ${FULL_SWEEP}
    ORDER BY id DESC LIMIT 1`);
  return { lastBeganAt: () => instant(lastBegan.get({})?.started_at ?? null) };
}
