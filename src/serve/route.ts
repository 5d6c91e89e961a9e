import type { z } from 'zod';
import type { Clock } from '../sweep/ports.ts';
import type { ServedRecord } from './ports.ts';
import type { PARAMETERS } from './schemas.ts';
import type { Turns } from './turns.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
export type Parameter = keyof typeof PARAMETERS;

/** What the routes work with. */
export interface RouteDeps {
  readonly record: ServedRecord;
  readonly turns: Turns;
  readonly clock: Clock;
  /** Told that close requests are on record. */
  readonly onAsked: () => void;
}

/** One request whose body has the shape that was asked for; parameters are still as they came. */
export interface Call<B> {
  readonly params: Readonly<Record<Parameter, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: B;
}

export interface Answer {
  readonly status: number;
  /** An object becomes JSON; a text is sent as it is, as the type that its reply names. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route answers with: JSON of this shape, or a text of this type. */
export type Reply = { readonly description: string } & (
  | { readonly schema: z.ZodType }
  | { readonly type: string }
);

/** What one method does at one path: what answers it, and all that its description needs. */
export interface Route {
  readonly method: Method;
  /** `/sessions/{sessionId}`. */
  readonly path: string;
  /** Unique; what generated clients call it. */
  readonly operationId: string;
  readonly summary: string;
  /** Whether it answers without the token. */
  readonly isPublic: boolean;
  /** Null: no body is read. `bytes`: it is handed over as it came, whatever it is. */
  readonly body: { readonly schema: z.ZodType; readonly required: boolean } | 'bytes' | null;
  readonly replies: Readonly<Record<number, Reply>>;
  /** The statuses of its own refusals; those that any route may answer with are known. */
  readonly problems: readonly number[];
  // biome-ignore lint/suspicious/noExplicitAny: its schema has checked the body
  readonly answer: (call: Call<any>) => Answer | Promise<Answer>;
}

/** A route whose handler is given what its schema makes of the body. */
export function route<S extends z.ZodType>(
  definition: Omit<Route, 'body' | 'answer'> & {
    readonly body: { readonly schema: S; readonly required: boolean };
    readonly answer: (call: Call<z.output<S>>) => Answer | Promise<Answer>;
  },
): Route {
  return definition;
}
