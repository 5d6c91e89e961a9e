/** What all worlds together have come to. */
export interface Tally {
  kills: number;
  worlds: number;
  /** Kills that really hit, by the name of where. */
  readonly hits: Map<string, number>;
  /** The child had ended before it came there. */
  missed: number;
  /** Closes that took effect over there, in all worlds. */
  closes: number;
  readonly problems: string[];
}

export function newTally(): Tally {
  return { kills: 0, worlds: 0, hits: new Map(), missed: 0, closes: 0, problems: [] };
}

/** One clear summary, for whoever ran it. */
export function summaryOf(tally: Tally, seed: number, seconds: number): string {
  const { kills, worlds, hits, missed, closes, problems } = tally;
  const verdict =
    problems.length === 0
      ? '0 lost, 0 closed twice, 0 wrongly closed'
      : `${problems.length} problems, the first: ${problems[0]}`;
  const lines = [...hits]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, n]) => `${String(n).padStart(5)}  ${name}`);
  return [
    '',
    `${kills} kills in ${worlds} worlds (seed ${seed}, ${Math.round(seconds)} s; ${missed} came too late and are not counted):`,
    ...lines,
    `${kills} kills in ${worlds} worlds, ${closes} conversations closed: ${verdict}`,
    '',
  ].join('\n');
}
