import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from './measure.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');

export interface ScaleResult {
  readonly mappings: number;
  readonly usPerMapping: number;
  readonly rssMb: number;
}

/**
 * The same sweep over more and more mappings, all of them ended, with no limit and no latency: what our own work
 * costs, not the remote side's. The server holds no state, so that only the program's memory is measured.
 */
export async function measureScale({
  folder,
  sizes,
  say,
}: {
  folder: string;
  sizes: readonly number[];
  say: (text: string) => void;
}): Promise<ScaleResult[]> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const ids = (url.searchParams.get('id') ?? '').split(',');
    const body = url.pathname.endsWith('/oauth/token')
      ? { access_token: 'bench', token_type: 'bearer', expires_in: 86_400 }
      : {
          conversations: ids.map((conversationId) => ({
            conversationId,
            conversationEnd: '2026-01-01T00:00:00.000Z',
          })),
        };
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    GENESYS_API_URL: url,
    GENESYS_LOGIN_URL: url,
    GENESYS_CLIENT_ID: 'bench',
    GENESYS_CLIENT_SECRET: 'bench',
  };
  const results: ScaleResult[] = [];
  try {
    for (const mappings of sizes) {
      say(`scale: ${mappings} mappings …`);
      const place = join(folder, `scale-${mappings}`);
      mkdirSync(place);
      await writeMapping(join(place, 'mapping.csv'), mappings);
      await run(process.execPath, [BIN, 'import', 'mapping', 'mapping.csv', '--quiet'], env, place);
      const { wallMs, rssMb, exitCode } = await run(
        process.execPath,
        [BIN, 'sweep', '--json', '--quiet', '--rate', '100000', '--accept-volume'],
        env,
        place,
      );
      if (exitCode !== 0) throw new Error(`the sweep of ${mappings} ended with ${exitCode}`);
      results.push({ mappings, usPerMapping: (wallMs * 1_000) / mappings, rssMb });
    }
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  return results;
}

/** Ids in an order that is not that of their times, as in life. */
export async function writeMapping(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('session_id,conversation_id,started_at,last_activity_at\n');
  for (let i = 0; i < rows; i++) {
    const hex = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    const id = `${hex.toString(16).padStart(8, '0')}-0000-4000-8000-${i.toString(16).padStart(12, '0')}`;
    const started = new Date(Date.UTC(2026, 0, 1) - (hex % 86_400_000)).toISOString();
    if (!out.write(`session-${i},${id},${started},\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
