import type { z } from 'zod';
import { shortened } from '../domain/text.ts';
import { RowProblem } from '../intake/cells.ts';
import { UNDECODABLE } from '../intake/decode.ts';
import { type FieldProblem, invalid } from './problem.ts';

/** Problems told in one answer. */
const TOLD = 20;
const LONGEST_SENTENCE = 300;

/** The body in the shape of the schema. Throws HttpProblem 400 that names every field that is not. */
export function shaped<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(
    400,
    result.error.issues.slice(0, TOLD).map((issue): FieldProblem => {
      const field = issue.path.join('.');
      const message = shortened(`${field === '' ? 'The body' : field}: ${issue.message}.`, LONGEST_SENTENCE);
      return { field, message };
    }),
  );
}

/** What `read` makes of a field; where it refuses (the checks of a file's row) the answer names the field. */
export function checkedField<T>(field: string, read: (name: string) => T): T {
  try {
    return read(field);
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    const { code, message } = error.problem;
    throw invalid(code === 'future_time' ? 422 : 400, [{ field, message }]);
  }
}

const HALF_A_CHARACTER = /\p{Cs}/u;

/** A text as a file would hold it: without blanks around it, and all of it text. Throws HttpProblem 400. */
export function plainText(text: string, field: string): string {
  if (!HALF_A_CHARACTER.test(text) && !text.includes(UNDECODABLE)) return text.trim();
  throw invalid(400, [{ field, message: `The ${field} holds what is not valid text.` }]);
}
