import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Fault, FaultKind, Mishap, Packed } from './faults.ts';
import { html, type Reply } from './reply.ts';

const BLOAT_BYTES = 1024 * 1024;

/** What happens to the answer of a request that was carried out. */
export function mishapAfter(fault: Fault | null, reply: Reply): Mishap {
  switch (fault) {
    case 'reset_after':
      return 'reset';
    case 'timeout_after':
      return 'silence';
    case 'cut':
    case 'stall':
    case 'drip':
      return { spoilt: fault, reply };
    case '504':
      return html(504, '504 Gateway Time-out');
    default:
      return typeof fault === 'string' ? { ...reply, ...disguised(fault, reply) } : reply;
  }
}

/** What a gateway in between may make of an answer that it passes on to the end. */
function disguised(fault: FaultKind, { headers, body }: Reply): Partial<Packed> {
  const encoded = (name: string, bytes: Packed['body']) => ({
    headers: { ...headers, 'Content-Encoding': name },
    body: bytes,
  });
  switch (fault) {
    case 'truncated_json':
      return { body: body.slice(0, Math.floor(body.length / 2)) };
    case 'empty_body':
      return { body: '' };
    case 'gzip':
      return encoded('gzip', gzipSync(body));
    case 'deflate':
      return encoded('deflate', deflateSync(body));
    case 'br':
      return encoded('br', brotliCompressSync(body));
    case 'unknown_encoding':
      return encoded('zstd', body);
    case 'wrong_type':
      return { headers: { ...headers, 'Content-Type': 'text/html' } };
    case 'bloated':
      return { body: `{"unheardOf":"${'x'.repeat(BLOAT_BYTES)}",${body.slice(1)}` };
    default:
      return {};
  }
}
