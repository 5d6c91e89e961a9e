import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SECOND } from '../../src/domain/time.ts';
import { knockAt, openWire } from '../../src/notify/http.ts';
import { deadUrl, type Scripted, scriptedServer } from '../helpers/scripted-server.ts';
import { selfSignedServer } from '../helpers/self-signed-server.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

function aWire() {
  const clock = new VirtualClock();
  const wire = openWire({ clock, userAgent: 'nightsweep/1.2.3' });
  onTestFinished(async () => {
    await wire.close();
    expect(clock.sleepers).toBe(0);
  });
  const never = new AbortController().signal;
  const post = (url: string, signal = never) =>
    wire.send({ url, headers: { 'x-test': 'yes' }, body: '{"a":"ü"}' }, 4 * SECOND, signal);
  return { clock, post };
}

async function answering(scripted: Scripted) {
  const server = await scriptedServer(() => scripted);
  return { ...aWire(), server, url: `${server.url}/hook/TOKEN?sig=abc` };
}

describe('one attempt', () => {
  it('is a POST to the whole address', async () => {
    const { post, url, server } = await answering({ status: 202, body: 'Accepted' });
    await expect(post(url)).resolves.toEqual({ status: 202, retryAfterMs: null, text: 'Accepted' });
    expect(server.received).toEqual([
      expect.objectContaining({ method: 'POST', path: '/hook/TOKEN?sig=abc', body: '{"a":"ü"}' }),
    ]);
    expect(server.received[0]?.headers).toMatchObject({ 'x-test': 'yes', 'user-agent': 'nightsweep/1.2.3' });
  });

  it.each([
    ['5', 5_000],
    ['Thu, 15 Jan 2026 02:00:07 GMT', 7_000],
    ['Thu, 15 Jan 2026 01:00:00 GMT', 0],
    ['soon', null],
  ])('tells how long it is asked to wait: %s', async (header, retryAfterMs) => {
    const { post, url } = await answering({ status: 429, headers: { 'retry-after': header } });
    expect(await post(url)).toMatchObject({ status: 429, retryAfterMs });
  });

  it('follows no redirect', async () => {
    const elsewhere = await scriptedServer(() => ({ status: 200 }));
    const { post, url } = await answering({ status: 307, headers: { location: `${elsewhere.url}/hook` } });
    expect(await post(url)).toMatchObject({ status: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  it('has failed when the connection dies, and when there is nobody', async () => {
    const { post, url } = await answering('reset');
    await expect(post(url)).rejects.toThrow();
    await expect(post(await deadUrl())).rejects.toThrow('ECONNREFUSED');
  });

  it('has failed when its time is over', async () => {
    const { post, url, clock, server } = await answering('silence');
    const attempt = expect(post(url)).rejects.toThrow('no answer within 4 s');
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(4 * SECOND);
    await attempt;
  });

  it('has failed when it is cut short', async () => {
    const { post, url, server } = await answering('silence');
    const cut = new AbortController();
    const attempt = expect(post(url, cut.signal)).rejects.toThrow('over');
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    cut.abort(new Error('over'));
    await attempt;
  });

  it('has arrived when the status is there, so that nobody is told twice', async () => {
    const { post, url } = await answering({ cut: 'half' });
    expect(await post(url)).toMatchObject({ status: 200, text: '' });
  });

  it('reads no more of an answer than is shown', async () => {
    const { post, url } = await answering({ body: 'x'.repeat(10_000_000) });
    expect((await post(url)).text).toHaveLength(1_024);
  });
});

describe('knocking', () => {
  it('connects and says nothing', async () => {
    const said: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (data) => said.push(String(data)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await knockAt(`http://127.0.0.1:${port}/hook`, SECOND);
    await new Promise((resolve) => server.close(resolve));
    expect(said).toEqual([]);
  });

  it('fails where nobody is, and where there is no TLS', async () => {
    await expect(knockAt(await deadUrl(), SECOND)).rejects.toThrow('ECONNREFUSED');
    const { url } = await scriptedServer(() => ({ status: 200 }));
    await expect(knockAt(url.replace('http:', 'https:'), 5 * SECOND)).rejects.toThrow();
  });
});

it.each([undefined, '0'])(
  'a certificate that nobody vouches for is told nothing, with NODE_TLS_REJECT_UNAUTHORIZED=%s',
  async (off) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', off);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { url, asked } = await selfSignedServer();
    await expect(aWire().post(url)).rejects.toThrow('certificate');
    await expect(knockAt(url, 5 * SECOND)).rejects.toThrow('certificate');
    expect(asked).toEqual([]);
  },
);
