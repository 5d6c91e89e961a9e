import { STATUS_CODES } from 'node:http';

/** Something wrong with one field, or parameter, of a request. */
export interface FieldProblem {
  /** `startedAt`, `conversationIds.3`; empty: the body as a whole. */
  readonly field: string;
  readonly message: string;
}

interface Extras {
  readonly fields?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer other than success. Its message is one sentence for whoever sent the request. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  /** For machines; stays the same when the sentence does not. */
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, { fields, headers, cause }: Extras = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.fields = fields ?? [];
    this.headers = headers ?? {};
  }
}

/** The code of the answer where no route is. */
export const UNKNOWN_PATH = 'unknown_path';

export const PROBLEM_TYPE = 'application/problem+json';

/** The words that belong to a status. */
export function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/**
 * The body of RFC 9457.
 * @param requestId null: it never became a request
 */
export function problemJson(
  { status, code, message, fields }: HttpProblem,
  requestId: string | null,
): object {
  return {
    type: 'about:blank',
    title: titleOf(status),
    status,
    detail: message,
    code,
    ...(fields.length > 0 && { errors: fields }),
    ...(requestId !== null && { requestId }),
  };
}

/** A request that cannot be understood (400), or that is understood and asks for what cannot be (422). */
export function invalid(status: 400 | 422, fields: readonly FieldProblem[]): HttpProblem {
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more; see errors)` : '';
  const code = status === 400 ? 'invalid_request' : 'unacceptable_value';
  return new HttpProblem(status, code, `${first?.message ?? 'The request is wrong.'}${more}`, { fields });
}

/** Not now: the same request may succeed after that many seconds. */
export function later(
  status: 429 | 503,
  code: string,
  message: string,
  retryAfter: number,
  cause?: unknown,
): HttpProblem {
  return new HttpProblem(status, code, message, { headers: { 'retry-after': String(retryAfter) }, cause });
}
