/** Set to 10 or 100 for a long night; the suite itself runs each property once. */
const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);

/** How many inputs a property tries, times `FUZZ_FACTOR`. */
export function tries(numRuns: number): { readonly numRuns: number } {
  return { numRuns: numRuns * FACTOR };
}
