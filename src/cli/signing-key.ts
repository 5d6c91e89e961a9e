import type { Secret } from '../config/secret.ts';
import { UsageError } from '../domain/errors.ts';
import { signingKeyOf } from '../webhook/signature.ts';

/**
 * The key that the secret of this variable stands for, by the name of a function, so that it shows nowhere; null: there is
 * none. Throws UsageError for a secret that is no key.
 */
export function signingKey(secret: Secret | null, variable: string): (() => Uint8Array) | null {
  if (secret === null) return null;
  if (signingKeyOf(secret.reveal()) === null) {
    throw new UsageError(
      `${variable} must be a text of 16 bytes or more, or whsec_ and the base64 of as many; make one with: echo "whsec_$(openssl rand -base64 32)".`,
    );
  }
  return () => signingKeyOf(secret.reveal()) ?? new Uint8Array();
}
