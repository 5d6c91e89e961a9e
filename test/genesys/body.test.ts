import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/genesys/body.ts';

const TEXT = '{"id":"Grüße"}';
const MOST = 16 * 1024 * 1024;

/** In pieces of one byte, as a network may deliver it. */
async function* bytes(whole: Buffer): AsyncIterable<Buffer> {
  for (let at = 0; at < whole.length; at++) yield whole.subarray(at, at + 1);
}

async function* inOne(whole: Buffer): AsyncIterable<Buffer> {
  yield whole;
}

describe('a body', () => {
  it.each<[encodings: string, Buffer]>([
    ['', Buffer.from(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
    ['gzip,identity', gzipSync(TEXT)],
  ])('in the encoding %j is read', async (encodings, whole) => {
    expect(await readBody(bytes(whole), encodings)).toBe(TEXT);
  });

  it.each<[what: string, encodings: string, Buffer]>([
    ['in an encoding that nobody here knows', 'zstd', Buffer.from(TEXT)],
    ['in one with the name of something else', 'constructor', Buffer.from(TEXT)],
    ['in two of which one is not known', 'gzip, zstd', gzipSync(TEXT)],
    ['that is not in the one that it says', 'gzip', Buffer.from(TEXT)],
    ['of which the end is missing', 'gzip', gzipSync(TEXT).subarray(0, -9)],
    ['that is empty', 'gzip', Buffer.alloc(0)],
  ])('%s is empty', async (_, encodings, whole) => {
    expect(await readBody(bytes(whole), encodings)).toBe('');
  });

  it.each<[what: string, encodings: string, (size: number) => Buffer]>([
    ['as it comes', '', (size) => Buffer.alloc(size, 'x')],
    ['once it is unpacked', 'gzip', (size) => gzipSync(Buffer.alloc(size, 'x'), { level: 1 })],
  ])('may be 16 MiB %s, and no byte more', async (_, encodings, ofSize) => {
    expect(await readBody(inOne(ofSize(MOST)), encodings)).toHaveLength(MOST);
    await expect(readBody(inOne(ofSize(MOST + 1)), encodings)).rejects.toThrow(/larger than 16777216 bytes/);
  });
});
