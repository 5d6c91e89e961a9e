import { Parser } from 'yaml';

/** A list of ids is at 5. */
const MOST = 20;

/**
 * Whether a YAML text nests deeper than any settings file. Counted over the tokens, which yaml reads without
 * recursion: its next step recurses, and V8 aborts the whole process when that comes near the end of the stack.
 */
export function nestsTooDeep(text: string): boolean {
  const due: { token: object; depth: number }[] = [...new Parser().parse(text)].map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    const { token, depth } = next;
    if (depth > MOST) return true;
    for (const part of Object.values(token)) {
      if (typeof part === 'object' && part !== null) due.push({ token: part, depth: depth + 1 });
    }
  }
  return false;
}
