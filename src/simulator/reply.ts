import type { WireErrorBody } from './wire.ts';

/** An answer on its way to the socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function html(status: number, title: string): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/html' },
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}

/** A request that the remote side answers with an error in its own form. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  /** @param template the message, with `{name}` where a parameter goes */
  constructor(
    status: number,
    code: string,
    template: string,
    params: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(template);
    this.status = status;
    this.code = code;
    this.params = params;
    this.headers = headers;
  }

  toReply(contextId: string): Reply {
    const body: WireErrorBody = {
      message: this.message.replace(/\{(\w+)\}/g, (whole, name: string) => this.params[name] ?? whole),
      code: this.code,
      status: this.status,
      contextId,
      messageWithParams: this.message,
      messageParams: { ...this.params },
      details: [],
      errors: [],
    };
    return json(this.status, body, { ...this.headers });
  }
}

export function badRequest(template: string, params: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal(400, 'bad.request', template, params);
}

export function notFound(template = 'The requested resource was not found.'): Refusal {
  return new Refusal(404, 'not.found', template);
}

/** 429 with the wait in the `Retry-After` header; `retryAfter` is sent as it is, so it may be malformed. */
export function tooManyRequests(retryAfter: string): Refusal {
  return new Refusal(
    429,
    'too.many.requests.retry.after',
    'Rate limit exceeded the maximum. Retry the request in [{seconds}] seconds',
    { seconds: retryAfter },
    { 'Retry-After': retryAfter },
  );
}

export function missingPermission(permission: string): Refusal {
  return new Refusal(
    403,
    'missing.permissions',
    'Unable to perform the requested action. You are missing the following permission(s): {permissions}',
    { permissions: permission },
  );
}
