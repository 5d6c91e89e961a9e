import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { SQLITE_PACKAGE } from '../helpers/sqlite-package.ts';
import type { Place } from './place.ts';

/** The user's own program, writing to the mappings of a place without pause. */
export interface BusyProgram {
  /** Ends it; tells how many rows of its own it has added, and when it last touched each conversation. */
  end(): Promise<{ readonly added: number; readonly touched: Readonly<Record<string, string>> }>;
}

/**
 * Some of what it writes are new mappings, most are new activities of those there already; `rows` of them to a
 * transaction, and the next begins as soon as one has ended. Resolves when it has written for the first time.
 *
 * @param touchable how many of the conversations it may touch
 */
export async function aBusyProgram(place: Place, rows: number, touchable: number): Promise<BusyProgram> {
  const script = `
    const db = require('${SQLITE_PACKAGE}')(${JSON.stringify(place.database)}, { timeout: 60000 });
    db.pragma('synchronous = FULL');
    const ids = db.prepare('SELECT conversation_id FROM mappings ORDER BY conversation_id').pluck().all();
    const insert = db.prepare("INSERT INTO mappings (conversation_id, session_id, started_at) VALUES (?, 'theirs', ?)");
    const touch = db.prepare('UPDATE mappings SET last_activity_at = ? WHERE conversation_id = ?');
    const touched = {};
    let added = 0, n = 0, last = false;
    function write() {
      const now = new Date().toISOString();
      if (n++ % 20 === 0) {
        insert.run('00000000-0000-4000-9000-' + String(++added).padStart(12, '0'), now);
      } else if (${touchable} > 0) {
        const id = ids[n % ${touchable}];
        touch.run(now, id);
        touched[id] ??= now;
      }
    }
    const transaction = db.transaction(() => { for (let i = 0; i < ${rows}; i++) write(); });
    process.stdin.on('data', () => { last = true; });
    (function go() {
      for (let i = 0; i < 3; i++) ${rows === 1 ? 'write()' : 'transaction.immediate()'};
      if (n <= 3 * ${rows}) process.stdout.write('writing\\n');
      if (!last) return setImmediate(go);
      process.stdout.write(JSON.stringify({ added, touched }) + '\\n', () => process.exit());
    })();`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { cwd: import.meta.dirname });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return {
    end: async () => {
      child.stdin?.write('end');
      await once(child, 'close');
      return JSON.parse(said.trim().split('\n').at(-1) ?? '');
    },
  };
}
