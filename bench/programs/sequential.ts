// What the tutorial that many integrations start from does: one at a time, read, close, back off 1, 2, 4 s on 429.
import { readFileSync } from 'node:fs';
import { login, messages, sleep, statusOf } from './official.ts';

const ids = readFileSync(process.argv[2] ?? '', 'utf8')
  .trim()
  .split('\n');
await login();

async function withBackOff<T>(call: () => Promise<T>): Promise<T | null> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (statusOf(error) !== 429) return null;
      await sleep(1_000 * 2 ** attempt);
    }
  }
  return null;
}

let settled = 0;
for (const id of ids) {
  const found = await withBackOff(() => messages.read(id));
  if (found === null) continue;
  if (found.ended || found.recent) settled++;
  else if ((await withBackOff(() => messages.close(id))) !== null) settled++;
}
process.stdout.write(JSON.stringify({ settled, rssMb: process.resourceUsage().maxRSS / 1024 }));
