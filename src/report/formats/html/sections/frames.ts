import type { Frame } from '../charts/parts.ts';

/** Across the page, and across a sheet of A4. */
export const WIDE: Frame = { width: 860, height: 210, labels: 10 };
/** Across a telephone. */
export const NARROW: Frame = { width: 343, height: 230, labels: 5 };
/** Half of the page, or all of a telephone. */
export const HALF: Frame = { width: 400, height: 210, labels: 7 };
