import type { Socket } from 'node:net';
import { refusal } from './known-errors.ts';
import { PROBLEM_TYPE, problemJson, titleOf } from './problem.ts';

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is no HTTP never becomes a request: it is answered on its socket, and that is closed. */
export function refuseSocket(error: Error & { readonly code?: string }, socket: Socket): void {
  const problem = refusal(STATUS_OF[error.code ?? ''] ?? 400);
  if (problem === null || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problemJson(problem, null));
  const head = [
    `HTTP/1.1 ${problem.status} ${titleOf(problem.status)}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
