import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** A conversation is some 100 kB at the most; beyond this a reply is not one. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type Decoder = (encoded: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

const inflateWithHeader = promisify(inflate) as Decoder;
const inflateWithout = promisify(inflateRaw) as Decoder;
const unzip = promisify(gunzip) as Decoder;

/** Nothing is asked for, but a gateway in between may compress all the same. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['br', promisify(brotliDecompress) as Decoder],
  ['deflate', inflateEither],
  ['identity', async (encoded) => encoded],
]);

/**
 * Reads a reply's body to its end, as text; empty when it is in an encoding that is not known, or not in the one that it
 * says. Throws when it is larger than any conversation, before or after decoding.
 *
 * @param encodings the value of `Content-Encoding`, in the order in which they were applied
 */
export async function readBody(stream: AsyncIterable<Buffer>, encodings: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  let body: Buffer = Buffer.concat(chunks);
  if (body.length === 0) return '';
  for (const name of encodings.toLowerCase().split(',').reverse()) {
    const decoder = DECODERS.get(name.trim() || 'identity');
    if (decoder === undefined) return '';
    try {
      body = await decoder(body, { maxOutputLength: MAX_BODY_BYTES });
    } catch (error) {
      if (isTooLarge(error)) throw tooLarge();
      return '';
    }
  }
  return body.toString('utf8');
}

/** Some senders leave out the header of zlib, whose lower half of the first byte is always 8. */
function inflateEither(encoded: Buffer, limit: { maxOutputLength: number }): Promise<Buffer> {
  const hasHeader = ((encoded[0] ?? 0) & 0x0f) === 8;
  return (hasHeader ? inflateWithHeader : inflateWithout)(encoded, limit);
}

function tooLarge(): Error {
  return new Error(`the reply is larger than ${MAX_BODY_BYTES} bytes`);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
