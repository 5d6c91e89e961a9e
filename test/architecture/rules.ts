import { posix } from 'node:path';
import { type Finding, findingsIn, type SourceFile } from './source.ts';

interface Arrows {
  /** Folders besides its own. */
  readonly folders: readonly string[];
  /** Single files of other folders. */
  readonly files?: readonly string[];
  readonly ports?: 'types' | 'all';
}

const PORTS = [
  'sweep/ports.ts',
  'intake/ports.ts',
  'report/ports.ts',
  'discover/ports.ts',
  'webhook/ports.ts',
  'serve/ports.ts',
  'night/ports.ts',
  'notify/ports.ts',
  'metrics/ports.ts',
  'schedule/ports.ts',
  'dashboard/ports.ts',
];

const FOLDERS: Readonly<Record<string, Arrows>> = {
  domain: { folders: [] },
  sweep: { folders: ['domain'], ports: 'all' },
  intake: { folders: ['domain'], ports: 'all' },
  discover: { folders: ['domain'], files: ['sweep/deadline.ts'], ports: 'all' },
  report: { folders: ['domain'], ports: 'all' },
  webhook: { folders: ['domain'], ports: 'all' },
  night: { folders: ['domain'], ports: 'all' },
  notify: { folders: ['domain'], files: ['webhook/signature.ts'], ports: 'all' },
  metrics: { folders: ['domain'], ports: 'all' },
  schedule: { folders: ['domain', 'night'], ports: 'all' },
  dashboard: { folders: ['domain', 'report'], files: ['metrics/cached.ts'], ports: 'all' },
  serve: {
    folders: ['domain'],
    files: [
      'config/duration.ts',
      'intake/cells.ts',
      'intake/check-close.ts',
      'intake/check-mapping.ts',
      'intake/decode.ts',
      'webhook/accept.ts',
      'webhook/same-secret.ts',
      'dashboard/dashboard.ts',
      'dashboard/html/page.ts',
    ],
    ports: 'all',
  },
  store: { folders: ['domain'], ports: 'types' },
  source: {
    folders: ['domain'],
    files: ['config/nearest.ts', 'store/sqlite.ts', 'store/application-id.ts', 'store/patience.ts'],
    ports: 'types',
  },
  genesys: { folders: ['domain'], ports: 'types' },
  config: { folders: ['domain'], files: ['genesys/regions.ts', 'schedule/cron.ts'] },
  simulator: { folders: ['domain'] },
  cli: {
    folders: [
      'domain',
      'sweep',
      'intake',
      'discover',
      'report',
      'webhook',
      'night',
      'notify',
      'metrics',
      'schedule',
      'serve',
      'dashboard',
      'store',
      'source',
      'genesys',
      'config',
      'simulator',
    ],
    ports: 'all',
  },
};

/** Where the outside world may be named; `console` nowhere: stdout is data, and it has its writer. */
const AT_THE_EDGE = ['cli', 'config'];

/** Everything in these files that breaks a rule, one readable line each. */
export function offences(files: readonly SourceFile[]): string[] {
  const circles = new Map<string, Set<string>>();
  const found = files.flatMap((file) =>
    findingsIn(file).flatMap((finding) => {
      const at = `${file.path}:${finding.line}`;
      if (finding.kind === 'ambient') return ambientOffence(file, at, finding.what);
      const target = targetOf(file, finding);
      const from = folderOf(file.path);
      if (target.isOurs && !PORTS.includes(target.path) && folderOf(target.path) !== from) {
        circles.set(from, (circles.get(from) ?? new Set()).add(folderOf(target.path)));
      }
      const rule = brokenRule(file.path, target, finding.typeOnly);
      return rule === null ? [] : [`${at} → ${target.path}: ${rule}`];
    }),
  );
  return [...found, ...circlesIn(circles)];
}

interface Target {
  /** Below src when it is ours, else as written. */
  readonly path: string;
  readonly isOurs: boolean;
}

function targetOf(file: SourceFile, { specifier }: Extract<Finding, { kind: 'import' }>): Target {
  if (specifier === null) return { path: '(computed)', isOurs: true };
  if (!specifier.startsWith('.')) return { path: specifier, isOurs: false };
  return { path: posix.join(posix.dirname(file.path), specifier), isOurs: true };
}

function brokenRule(path: string, target: Target, typeOnly: boolean): string | null {
  const from = folderOf(path);
  const arrows = FOLDERS[from];
  if (arrows === undefined) return `there is no rule for the folder ${from || 'src'} yet`;
  if (target.path === '(computed)') return 'what it imports cannot be told';
  if (!target.isOurs) return from === 'domain' ? 'domain imports nothing' : null;

  const to = folderOf(target.path);
  if (PORTS.includes(target.path) && (to === from || arrows.ports === 'all')) return null;
  if (PORTS.includes(target.path) && arrows.ports === 'types') {
    return typeOnly ? null : `${from} may import only types from ports`;
  }
  if (PORTS.includes(path)) return to === 'domain' ? null : 'ports may import only domain and ports';
  if (to === from || arrows.folders.includes(to) || arrows.files?.includes(target.path)) return null;
  const allowed = [from, ...arrows.folders, ...(arrows.files ?? []), ...(arrows.ports ? ['ports'] : [])];
  return `${from} may import only ${allowed.join(', ')}`;
}

function ambientOffence({ path }: SourceFile, at: string, what: string): string[] {
  if (what === 'console') return [`${at} → console: nothing writes to it`];
  if (AT_THE_EDGE.includes(folderOf(path))) return [];
  return [`${at} → ${what}: only ${AT_THE_EDGE.join(' and ')} know it`];
}

/** Each circle once, from its alphabetically first folder. */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles = new Set<string>();
  const follow = (folder: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(folder);
    if (seenAt >= 0) {
      const circle = trail.slice(seenAt);
      const start = circle.indexOf([...circle].sort()[0] ?? folder);
      const turned = [...circle.slice(start), ...circle.slice(0, start)];
      circles.add(`folders in a circle: ${[...turned, turned[0]].join(' → ')}`);
      return;
    }
    for (const next of graph.get(folder) ?? []) follow(next, [...trail, folder]);
  };
  for (const folder of graph.keys()) follow(folder, []);
  return [...circles];
}

/** The first folder below src; empty for a file of src itself. */
function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}
