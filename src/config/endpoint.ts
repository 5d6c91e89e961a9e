import { UsageError } from '../domain/errors.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * A base URL without a slash at its end. Credentials travel to it, so it is `https:`, or `http:` to this machine.
 * @param variable where it comes from, for the error, which never quotes the URL: it might hold a password
 * @throws UsageError
 */
export function parseEndpoint(text: string, variable: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${variable} is not a URL; give one such as https://api.example.com.`);
  }
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    throw new UsageError(
      `${variable} holds more than an address; give a URL without user, password, query or fragment.`,
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new UsageError(
      `${variable} would send credentials unencrypted to ${url.hostname}; use https: (http: is for this machine only).`,
    );
  }
  return url.href.replace(/\/+$/, '');
}
