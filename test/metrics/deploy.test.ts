import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CATALOGUE } from '../../src/metrics/catalogue.ts';
import { aPromtool } from './promtool.ts';

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'deploy/prometheus/nightsweep.rules.yml');
const RULE_TESTS = join(ROOT, 'deploy/prometheus/nightsweep.rules.test.yml');
const read = (path: string) => readFileSync(path, 'utf8');
const doc = read(join(ROOT, 'docs/metrics.md'));

const rulesFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string(),
          labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const alerts = rulesFile.parse(parse(read(RULES))).groups.flatMap(({ rules }) => rules);

/** What Grafana needs of a panel that shows queries (its own schema is one of types only). */
const place = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0),
  y: z.int().min(0),
});
const source = z.strictObject({
  type: z.literal('prometheus'),
  uid: z.literal(['$', '{datasource}'].join('')),
});
const panel = z.looseObject({
  id: z.int(),
  title: z.string().min(1),
  gridPos: place,
  type: z.enum(['row', 'stat', 'timeseries']),
  datasource: source.optional(),
  targets: z
    .array(z.looseObject({ datasource: source, expr: z.string().min(1), refId: z.string().regex(/^[A-Z]$/) }))
    .optional(),
});
const dashboard = z.looseObject({
  title: z.literal('nightsweep'),
  uid: z.string(),
  schemaVersion: z.int().min(39),
  templating: z.strictObject({ list: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
  panels: z.array(panel),
});
const { panels, templating } = dashboard.parse(
  JSON.parse(read(join(ROOT, 'deploy/grafana/nightsweep.json'))),
);
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** The names in an expression that are ours, without what a histogram adds to them. */
function metricsIn(expression: string): string[] {
  return [...expression.matchAll(/\bnightsweep_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );
}

describe('the alerts', () => {
  const promtool = aPromtool();

  it('name only metrics that there are', () => {
    expect(alerts.length).toBeGreaterThan(10);
    const unknown = alerts
      .flatMap(({ expr }) => metricsIn(expr))
      .filter((name) => !Object.hasOwn(CATALOGUE, name));
    expect(unknown).toEqual([]);
  });

  it('are all explained, and no others', () => {
    const explained = [...doc.matchAll(/^\| `(Nightsweep\w+)` \| (\w+) \|/gm)].map(([, name, severity]) => [
      name,
      severity,
    ]);
    expect(explained).toEqual(alerts.map(({ alert, labels }) => [alert, labels.severity]));
  });

  it('are each tested to fire and not to fire', () => {
    const { tests } = parse(read(RULE_TESTS)) as { tests: { name: string }[] };
    const names = tests.map(({ name }) => name);
    expect(names).toEqual(alerts.flatMap(({ alert }) => [`${alert} fires`, `${alert} does not fire`]));
  });

  it('are what Prometheus understands, and fire when they should', (test) => {
    expect(promtool(test, ['check', 'rules', RULES])).toMatchObject({ status: 0 });
    const tested = promtool(test, ['test', 'rules', RULE_TESTS]);
    expect(tested.said).toContain('SUCCESS');
    expect(tested.status).toBe(0);
  });
});

describe('the dashboard', () => {
  const promtool = aPromtool();

  it('asks only for metrics that there are', () => {
    expect(expressions.length).toBeGreaterThan(20);
    const unknown = expressions.flatMap(metricsIn).filter((name) => !Object.hasOwn(CATALOGUE, name));
    expect(unknown).toEqual([]);
  });

  it('has each panel once, none over another, and only variables that it has', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    const known = [...templating.list.map(({ name }) => name), '__rate_interval'];
    const used = expressions.flatMap((expr) => [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name));
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it('has only expressions that Prometheus understands', (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'nightsweep-rules-'));
    try {
      const rules = expressions.map((expr, n) => ({
        record: `dashboard:expression:${n}`,
        expr: expr.replaceAll('$__rate_interval', '5m'),
      }));
      const path = join(folder, 'dashboard.yml');
      writeFileSync(path, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { status, said } = promtool(test, ['check', 'rules', path]);
      expect(said).toContain(`${rules.length} rules found`);
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('docs/metrics.md has every metric with its type, labels and meaning, and no others', () => {
  const told = [...doc.matchAll(/^\| `(nightsweep_\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|$/gm)].map(
    ([, name, type, labels = '', help]) => ({ name, type, labels: labels.match(/\w+/g) ?? [], help }),
  );
  const there = Object.entries(CATALOGUE).map(([name, { type, labels, help }]) => ({
    name,
    type,
    labels,
    help,
  }));
  const byName = (list: readonly { name?: string | undefined }[]) =>
    [...list].sort((a, b) => String(a.name).localeCompare(String(b.name)));
  expect(byName(told)).toEqual(byName(there));
});
