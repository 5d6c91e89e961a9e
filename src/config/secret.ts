import { inspect } from 'node:util';

/** What stands for a secret wherever one would show. */
export const REDACTED = '[redacted]';

/** A text that shows itself only to who asks for it by name. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The real value: for the request that needs it, and nothing else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
