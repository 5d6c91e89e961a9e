import type { z } from 'zod';
import { shortened } from '../domain/text.ts';
import { RowProblem } from '../intake/cells.ts';
import { UNDECODABLE } from '../intake/decode.ts';
import { type FieldProblem, invalid } from './problem.ts';

/** Problems told in one answer. */
const TOLD = 20;
const LONGEST_SENTENCE = 200;
/** Nobody's field is longer; what is repeats what was sent. */
const LONGEST_FIELD = 60;

/** The body in the shape of the schema. Throws HttpProblem 400 that names every field that is not. */
export function shaped<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(400, result.error.issues.flatMap(fieldProblems).slice(0, TOLD));
}

function fieldProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => fieldProblem([...path, key], 'there is no such field'));
  }
  return [fieldProblem(path, issue.message)];
}

function fieldProblem(path: readonly string[], what: string): FieldProblem {
  const field = shortened(path.join('.'), LONGEST_FIELD);
  return { field, message: `${field === '' ? 'The body' : field}: ${shortened(what, LONGEST_SENTENCE)}.` };
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
