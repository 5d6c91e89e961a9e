const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `5.2 MiB`, for people; less than one KiB counts as one. */
export function humanBytes(bytes: number): string {
  let amount = Math.max(bytes, 1) / 1024;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount < 10 && unit > 0 ? amount.toFixed(1) : Math.ceil(amount)} ${UNITS[unit]}`;
}
