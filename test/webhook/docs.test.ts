import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SETTINGS } from '../../src/config/settings.ts';
import { createWebhookIntake, type WebhookAnswer } from '../../src/webhook/accept.ts';
import { parseEvent } from '../../src/webhook/parse.ts';
import { signingKeyOf } from '../../src/webhook/signature.ts';
import { idOf } from '../simulator/running.ts';
import { bytes, SECRET } from './make.ts';

const doc = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...doc.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``, 'g'))].map(([, text = '']) => text);
const OPTIONS = { webhookId: null, messageTypes: ['webmessaging'] };
const quiet = () => {};

/** Answers as a server would, and tells what it answered. */
async function aServer(secret: string): Promise<{ url: string; answers: WebhookAnswer[] }> {
  const answers: WebhookAnswer[] = [];
  const { acceptWebhook } = createWebhookIntake({
    senders: { signingKey: () => signingKeyOf(secret) ?? new Uint8Array(), token: null },
    messageTypes: OPTIONS.messageTypes,
    acceptor: { accept: async () => 'accepted' },
    clock: { now: () => Date.now() },
    log: { debug: quiet, info: quiet, warn: quiet },
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await acceptWebhook({ headers: request.headers, rawBody: Buffer.concat(chunks) });
    answers.push(answer);
    response.writeHead(answer.status === 'accepted' ? 202 : 401).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers };
}

describe('docs/webhooks.md', () => {
  it.each([
    ['a secret that others know', SECRET, 'accepted'],
    ['another secret', `whsec_${Buffer.alloc(32, 7).toString('base64')}`, 'unauthorized'],
  ])('has an example with curl that works: %s', async (_, secret, status) => {
    const { url, answers } = await aServer(SECRET);
    const [script = ''] = blocks('sh');
    const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
      env: {
        PATH: process.env.PATH,
        NIGHTSWEEP_URL: url,
        NIGHTSWEEP_WEBHOOK_SECRET: secret,
        CONVERSATION: idOf(1),
      },
    });
    expect(answers).toMatchObject([{ status }]);
    expect(stdout.trim()).toBe(status === 'accepted' ? '202' : '401');
  });

  it('has bodies that are understood', () => {
    const [dataAction = '', statusChanged = ''] = blocks('json');
    const template: string = JSON.parse(dataAction).requestTemplate;
    const values: Record<string, string> = {
      conversationId: idOf(1),
      eventTime: String(Date.now()),
      mediaType: 'MESSAGE',
      messageType: 'WEBMESSAGING',
    };
    const body = template.replace(/\$\{input\.(\w+)\}/g, (_, name: string) => values[name] ?? '');
    expect(parseEvent(bytes(body), OPTIONS)).toMatchObject({ kind: 'close_now', name: 'conversation.acw' });
    expect(parseEvent(bytes(statusChanged), OPTIONS)).toMatchObject({
      kind: 'close_now',
      name: 'conversation:statusChanged',
    });
  });

  it('tells the delay as the settings have it', () => {
    expect(doc).toContain(`\`webhookDelay\` (${SETTINGS.webhookDelay.default.replace(/(\d)s/, '$1 s')})`);
  });
});
