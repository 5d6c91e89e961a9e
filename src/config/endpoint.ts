import { UsageError } from '../domain/errors.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * A base URL without a slash at its end. Credentials travel to it, so it is `https:`, or `http:` to this machine.
 * @param variable where it comes from, for the error, which never quotes the URL: it might hold a password
 * @throws UsageError
 */
export function parseEndpoint(text: string, variable: string): string {
  const url = parseUrl(text, variable, 'https://api.example.com');
  if (hasUser(url) || /[?#]/.test(text)) {
    throw new UsageError(
      `${variable} holds more than an address; give a URL without user, password, query or fragment.`,
    );
  }
  demandEncrypted(url, variable);
  return url.href.replace(/\/+$/, '');
}

/**
 * The address of somebody who is told something, which is a secret by itself: a token is part of its path or query.
 * Otherwise like {@link parseEndpoint}.
 */
export function parseHook(text: string, variable: string): URL {
  const url = parseUrl(text, variable, 'https://hooks.example.com/TOKEN');
  if (hasUser(url) || url.hash !== '') {
    throw new UsageError(
      `${variable} holds more than an address; give a URL without user, password or fragment.`,
    );
  }
  demandEncrypted(url, variable);
  return url;
}

function parseUrl(text: string, variable: string, example: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${variable} is not a URL; give one such as ${example}.`);
  }
  return url;
}

const hasUser = (url: URL) => url.username !== '' || url.password !== '';

function demandEncrypted(url: URL, variable: string): void {
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new UsageError(
      `${variable} would send credentials unencrypted to ${url.hostname}; use https: (http: is for this machine only).`,
    );
  }
}
