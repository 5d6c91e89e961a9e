// Another integration on the same token: evenly spaced reads, as many a second as it is told.
import { login, messages, sleep } from './official.ts';

const [, , id = '', perSecond = '1'] = process.argv;
await login();
process.stdout.write('ready\n');
for (;;) {
  void messages.read(id).catch(() => {});
  await sleep(1_000 / Number(perSecond));
}
