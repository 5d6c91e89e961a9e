import type { NightResult } from './compare-night.ts';
import type { Results } from './run.ts';
import type { WebhookResult } from './webhooks.ts';

const GOALS = {
  perMapping: 0.29,
  perMappingWithRead: 0.42,
  share: 0.97,
  shareOfRest: 0.9,
  wall: 0.27,
  rssRatio: 1.25,
  rssMb: 200,
  timeRatio: 1.1,
  importShare: 0.5,
  version: 1.5,
  help: 3,
};

/** The results as Markdown, each figure beside its goal. */
export function render(results: Results): string {
  const parts = [
    '# Benchmarks',
    `Measured on ${results.date} on ${results.machine}${results.quick ? ', the quick ones' : ''}, by \`npm run bench${results.quick ? ' -- --quick' : ''}\`. Counts are the simulator's own; times are comparable within one run only.`,
  ];
  if (results.night !== null) parts.push(...nightParts(results.night));
  const rows: string[][] = [];
  if (results.scale !== null && results.scale.length > 1) {
    const [first] = results.scale;
    const last = results.scale.at(-1);
    if (first !== undefined && last !== undefined) {
      const sizes = `${last.mappings} against ${first.mappings} mappings`;
      rows.push([
        `time per mapping, ${sizes}`,
        ratio(last.usPerMapping / first.usPerMapping),
        `≤ ${GOALS.timeRatio} ×`,
      ]);
      rows.push([`peak RSS, ${sizes}`, ratio(last.rssMb / first.rssMb), `≤ ${GOALS.rssRatio} ×`]);
      rows.push([
        `peak RSS, ${last.mappings} mappings`,
        `${last.rssMb.toFixed(0)} MB`,
        `< ${GOALS.rssMb} MB`,
      ]);
    }
  }
  if (results.import !== null) {
    const { rows: n, rowsPerSecond, bareRowsPerSecond, rssMb } = results.import;
    rows.push([
      `import of ${n} rows against a bare loop`,
      ratio(rowsPerSecond / bareRowsPerSecond),
      `≥ ${GOALS.importShare} ×`,
    ]);
    rows.push(['peak RSS of that import', `${rssMb.toFixed(0)} MB`, '']);
  }
  if (results.startUp !== null) {
    const { node, version, help, config } = results.startUp;
    rows.push(['start-up of `--version` against `node -e 0`', ratio(version / node), `≤ ${GOALS.version} ×`]);
    rows.push(['start-up of `--help` against `node -e 0`', ratio(help / node), `≤ ${GOALS.help} ×`]);
    rows.push(['start-up of `config` against `node -e 0`', ratio(config / node), '']);
  }
  if (results.client !== null) {
    const { oursUs, bareUs } = results.client;
    rows.push([
      "client's CPU per request against a bare undici + Bottleneck loop",
      `${ratio(oursUs / bareUs)} (${oursUs.toFixed(0)} µs against ${bareUs.toFixed(0)} µs)`,
      '',
    ]);
  }
  if (rows.length > 0) parts.push('## Our own work', table(['figure', 'measured', 'goal'], rows));
  if (results.webhooks !== null) parts.push(...webhookParts(results.webhooks));
  return `${parts.join('\n\n')}\n`;
}

function webhookParts(loads: readonly WebhookResult[]): string[] {
  return [
    '## Webhooks',
    'Distinct wrap-up events of 200 conversations, offered to the built `serve` over 20 connections by autocannon, which takes a core of the same machine; every 202 waits for the disk.',
    table(
      [
        'offered a second',
        'answered a second',
        'offered',
        'accepted',
        'refused',
        'p50',
        'p95 (< 20 ms)',
        'p99',
        'stored',
        'settled',
        'closed',
      ],
      loads.map((one) => [
        String(one.offeredPerSecond),
        one.answeredPerSecond.toFixed(0),
        String(one.offered),
        String(one.accepted),
        String(one.refused),
        ...[one.p50, one.p95, one.p99].map((ms) => `${ms.toFixed(1)} ms`),
        String(one.stored),
        `${one.settled} after ${one.secondsToSettle.toFixed(0)} s`,
        String(one.closed),
      ]),
    ),
  ];
}

function nightParts(night: readonly NightResult[]): string[] {
  const sdk = night.find((one) => one.program === 'sdk');
  const perMappingOfSdk = sdk === undefined ? 1 : sdk.wallMs / sdk.mappings;
  return [
    '## The reference night',
    '85 % ended, 12 % stale, 3 % recently active; answers after 80 ms ± 40; 300 requests a window of 6 s (the real one is a minute). `sequential` reads and closes one at a time and backs off 1, 2, 4 s; `sdk` is the official SDK with p-limit(10), obeying Retry-After. Same host, data and keep-alive for all.',
    table(
      [
        'program',
        'mappings',
        'requests per mapping',
        'permitted requests used',
        '429s',
        'wall per mapping against sdk',
        'peak RSS',
        'closed',
        'wrongly',
        'left',
      ],
      night.map((one) => [
        one.program,
        String(one.mappings),
        one.requestsPerMapping.toFixed(3),
        percent(one.usage.share),
        String(one.usage.rateLimited),
        ratio(one.wallMs / one.mappings / perMappingOfSdk),
        `${one.rssMb.toFixed(0)} MB`,
        String(one.closed),
        String(one.wronglyClosed),
        String(one.left),
      ]),
    ),
    `Goals: ≤ ${GOALS.perMapping} requests per mapping where the answer to a close shows the end, ≤ ${GOALS.perMappingWithRead} where one read after it does; ≥ ${percent(GOALS.share)} of the permitted requests and no 429 alone on the token; ≥ ${percent(GOALS.shareOfRest)} of what another client leaves; wall ≤ ${GOALS.wall} × sdk.${rest(night)}`,
  ];
}

function rest(night: readonly NightResult[]): string {
  const shared = night.find((one) => one.usage.shareOfRest !== null && one.program.includes('another'));
  return shared === undefined
    ? ''
    : ` Beside another client: ${percent(shared.usage.shareOfRest)} of what it left, ${shared.usage.rateLimited} 429s in ${shared.usage.windows} windows.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

function percent(share: number | null): string {
  return share === null ? 'n/a' : `${(share * 100).toFixed(1)} %`;
}
