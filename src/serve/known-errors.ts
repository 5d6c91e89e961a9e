import { BusyError, DatabaseError } from '../domain/errors.ts';
import { LIMITS, RETRY_AFTER } from './limits.ts';
import { HttpProblem, later } from './problem.ts';

/** What the HTTP layer itself refuses, by its status, in our words. */
const SENTENCES: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  400: ['invalid_request', 'The request is not well-formed; look at its URL and its headers.'],
  408: ['request_timeout', 'The request did not come in completely in time.'],
  413: ['body_too_large', `The body is larger than ${LIMITS.bodyBytes / 1024} KiB; send less at a time.`],
  414: ['url_too_long', 'The URL is too long.'],
  415: ['unsupported_media_type', 'The body must be JSON, with Content-Type: application/json.'],
  431: ['headers_too_large', `The headers are larger than ${LIMITS.headerBytes / 1024} KiB.`],
};

/** The answer to a request whose headers, URL or body the HTTP layer refused; null: there is none for that. */
export function refusal(status: number): HttpProblem | null {
  const found = SENTENCES[status];
  return found === undefined ? null : new HttpProblem(status, ...found);
}

/**
 * What is answered when this was thrown. What is not expected tells nothing of itself, and carries the error as its
 * cause for the log.
 */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof BusyError) {
    const sentence = 'Another program keeps the database locked; nothing was written, so send it again.';
    return later(503, 'database_busy', sentence, RETRY_AFTER.busy, error);
  }
  if (error instanceof DatabaseError) {
    const sentence = 'The database cannot be used; nothing was written. The log of the server says why.';
    return later(503, 'database_unusable', sentence, RETRY_AFTER.broken, error);
  }
  const known = refusal(statusOf(error));
  if (known !== null) return known;
  return new HttpProblem(500, 'unexpected', 'Something went wrong here; the log of the server says what.', {
    cause: error,
  });
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}
