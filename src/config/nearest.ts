import leven from 'leven';

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Comparing takes time in proportion to the length. */
const LONGEST_NAME = 100;

/**
 * The known name that was probably meant by `text`, whatever its case, dashes and underscores; null when
 * none is near enough to be worth a suggestion.
 */
export function nearest(text: string, known: readonly string[]): string | null {
  if (text.length > LONGEST_NAME) return null;
  const wanted = plain(text);
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const candidate = plain(name);
    // A part of a name is a better guess than its edit distance says: `timeout` means `attemptTimeout`.
    const distance = wanted.length >= 4 && candidate.includes(wanted) ? 1 : leven(wanted, candidate);
    if (best === null || distance < best.distance) best = { name, distance };
  }
  if (best === null || best.distance >= Math.min(wanted.length, plain(best.name).length)) return null;
  return best.distance <= Math.max(2, Math.floor(wanted.length / 3)) ? best.name : null;
}
