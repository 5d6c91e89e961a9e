import leven from 'leven';

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Half of a word so short is another word: `cron` is not `json`. */
const SHORT = 4;

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
  const most = wanted.length <= SHORT ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return best.distance <= most ? best.name : null;
}

/** Whether it is that name but for case, dashes and one letter, where it has enough of them. */
export function isNearly(text: string, name: string): boolean {
  if (text.length > LONGEST_NAME) return false;
  const [wanted, known] = [plain(text), plain(name)];
  return wanted === known || (wanted.length > SHORT && leven(wanted, known) === 1);
}
