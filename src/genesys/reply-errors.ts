import { z } from 'zod';
import { ApiError } from '../domain/errors.ts';
import type { Reply } from './dispatch.ts';
import { said } from './said.ts';

const words = z
  .string()
  .min(1)
  .transform((text) => said(text));

/** The part of Genesys's ErrorBody that says what to do (official); one malformed field does not hide the others. */
export const errorBody = z.object({
  code: words.nullish().catch(null),
  contextId: words.nullish().catch(null),
  messageParams: z.record(z.string(), z.unknown()).nullish().catch(null),
});

export function correlationIdOf(reply: Reply): string | null {
  const id = reply.headers['inin-correlation-id'];
  return id === undefined ? null : said(id);
}

/** `null` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? null;
  } catch {
    return null;
  }
}

/** The code of Genesys's ErrorBody; null when the reply has another form, so is not Genesys's own. */
export function codeOf(reply: Reply): string | null {
  return bodyOf(reply).code ?? null;
}

function bodyOf(reply: Reply): Partial<z.output<typeof errorBody>> {
  const parsed = errorBody.safeParse(parseJson(reply.body));
  return parsed.success ? parsed.data : {};
}

/**
 * What a reply that is not 2xx means, by the table of Genesys's documented codes. 5xx and 408 count as lost: the
 * request may have been carried out behind a gateway that gave up waiting.
 *
 * @param permission what the operation needs, for the advice when the reply does not name it; null: nothing
 */
export function replyError(reply: Reply, what: string, permission: string | null): ApiError {
  const body = bodyOf(reply);
  const code = body.code ?? null;
  const details = {
    status: reply.status,
    code,
    correlationId: correlationIdOf(reply) ?? body.contextId ?? null,
  };
  const { status } = reply;
  if (status === 401) {
    return new ApiError(`${what} was answered 401 (${code ?? 'no code'})`, {
      failure: 'unauthorized',
      ...details,
    });
  }
  if (status === 429)
    return new ApiError(`${what} was rate limited`, { failure: 'rate_limited', ...details });
  if (status === 403) {
    const missing = namedPermission(body.messageParams ?? {}) ?? permission;
    const advice =
      missing === null
        ? `${code ?? 'no code'}, though it needs no more than a valid token`
        : `grant ${missing} to the OAuth client's role, in the divisions concerned too`;
    return new ApiError(`${what} was forbidden: ${advice}`, { failure: 'forbidden', ...details });
  }
  if (status === 408 || status >= 500) {
    return new ApiError(`${what} was answered ${status}`, { failure: 'lost', ...details });
  }
  return new ApiError(`${what} was refused with ${status}${code === null ? '' : ` (${code})`}`, {
    failure: 'refused',
    ...details,
  });
}

function namedPermission(params: Record<string, unknown>): string | null {
  const text = params.permissions ?? params.permission;
  return typeof text === 'string' && /^[\w:*,[\] ]{3,200}$/.test(text) ? text.replace(/[[\]]/g, '') : null;
}
