import type { Context } from './command.ts';
import { write } from './files.ts';

/** Puts a report where it is wanted. `file` null: on stdout. */
export async function deliver({ out, log }: Context, text: string, file: string | null): Promise<void> {
  if (file === null) return out.raw(text);
  await write(file, text, { replace: true });
  log.info(`The report is in ${file}.`);
}
