import { invalid } from './problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** What a body of JSON says; undefined: it is empty. Throws HttpProblem 400, which repeats nothing of it. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const text = utf8(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(400, [{ field: '', message: 'The body is not JSON.' }]);
  }
}

function utf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid(400, [{ field: '', message: 'The body is not valid UTF-8.' }]);
  }
}
