/** What all worlds together have come to. */
export interface Tally {
  kills: number;
  worlds: number;
  /** Kills that really hit, by the name of where. */
  readonly hits: Map<string, number>;
  /** The same by the command that was killed. */
  readonly commands: Map<string, number>;
  /** Runs that began with a write-ahead log that somebody had left. */
  foundLog: number;
  /** The child had ended before it came there. */
  missed: number;
  /** Closes that took effect over there, in all worlds. */
  closes: number;
  readonly problems: string[];
}

export function newTally(): Tally {
  return {
    kills: 0,
    worlds: 0,
    hits: new Map(),
    commands: new Map(),
    foundLog: 0,
    missed: 0,
    closes: 0,
    problems: [],
  };
}

/** One that hit. */
export function countKill(tally: Tally, where: string, argv: readonly string[]): void {
  const [verb = '', object = ''] = argv;
  tally.kills++;
  countOne(tally.hits, where);
  countOne(tally.commands, ['import', 'db'].includes(verb) ? `${verb} ${object}` : verb);
}

/** One clear summary, for whoever ran it. */
export function summaryOf(tally: Tally, seed: number, seconds: number): string {
  const { kills, worlds, hits, commands, foundLog, missed, closes, problems } = tally;
  const verdict =
    problems.length === 0
      ? '0 lost, 0 closed twice, 0 wrongly closed'
      : `${problems.length} problems, the first: ${problems[0]}`;
  return [
    '',
    `${kills} kills (seed ${seed}, ${Math.round(seconds)} s), by where they hit:`,
    ...listed(hits),
    'by the command that was killed:',
    ...listed(commands),
    `${missed} came too late and are not counted; ${foundLog} runs began with a write-ahead log that was left behind.`,
    `${kills} kills in ${worlds} worlds, ${closes} conversations closed: ${verdict}`,
    '',
  ].join('\n');
}

function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort().map(([name, n]) => `${String(n).padStart(5)}  ${name}`);
}
