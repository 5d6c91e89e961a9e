import { TextDecoder } from 'node:util';

/** What a byte that means nothing in the file's encoding becomes; a row that holds one is rejected. */
export const UNDECODABLE = '\uFFFD';

const BOM_LENGTH = 3;

/** Text of a file in UTF-8 (with or without byte-order mark) or in UTF-16 with one; the mark is removed. */
export async function* decodeText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    if (decoder !== null) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < BOM_LENGTH) continue;
    decoder = decoderFor(head);
    yield decoder.decode(head, { stream: true });
  }
  if (decoder !== null) yield decoder.decode();
  else yield decoderFor(head).decode(head);
}

function decoderFor(head: Buffer): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return new TextDecoder('utf-8');
}
