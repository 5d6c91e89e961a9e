// The official SDK with p-limit(10), obeying Retry-After: what a careful team writes in an afternoon.
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { login, messages, retryAfterMs, sleep, statusOf } from './official.ts';

const ids = readFileSync(process.argv[2] ?? '', 'utf8')
  .trim()
  .split('\n');
await login();

let pausedUntil = 0;
async function polite<T>(call: () => Promise<T>): Promise<T | null> {
  for (let attempt = 0; attempt < 8; attempt++) {
    while (Date.now() < pausedUntil) await sleep(pausedUntil - Date.now());
    try {
      return await call();
    } catch (error) {
      if (statusOf(error) !== 429) return null;
      pausedUntil = Math.max(pausedUntil, Date.now() + retryAfterMs(error));
    }
  }
  return null;
}

let settled = 0;
const limit = pLimit(10);
await Promise.all(
  ids.map((id) =>
    limit(async () => {
      const found = await polite(() => messages.read(id));
      if (found === null) return;
      if (found.ended || found.recent) settled++;
      else if ((await polite(() => messages.close(id))) !== null) settled++;
    }),
  ),
);
process.stdout.write(JSON.stringify({ settled, rssMb: process.resourceUsage().maxRSS / 1024 }));
