import { HOUR } from '../domain/time.ts';
import { count, dayName, plural, spaced } from '../report/formats/html/words.ts';
import { howOf } from '../report/formats/lists-text.ts';
import { asksSomebody } from '../report/next-action.ts';
import type { Failure, Unclosable } from '../report/report.ts';
import type { BackgroundState } from './ports.ts';
import { roughly } from './times.ts';
import { isBlank, type Verdict, type Watched } from './verdict.ts';

/** Something that somebody should do, or at least know. */
export interface Need {
  /** Unique on the page, and the same as long as it is the same need. */
  readonly key: string;
  /** `watch`: it may well pass by itself. */
  readonly level: 'act' | 'watch';
  readonly title: string;
  readonly todo: string;
  /** The first few conversations that it is about. */
  readonly cases: readonly Case[];
  /** Conversations beyond those. */
  readonly more: number;
}

export interface Case {
  readonly conversationId: string;
  readonly facts: readonly string[];
}

export interface Around extends Watched {
  readonly background: BackgroundState | null;
  /** Whether anybody can send this server events or requests. */
  readonly isFed: boolean;
  /** What people call this installation. */
  readonly name: string;
  readonly requestMaxAgeMs: number;
}

const SHOWN = 5;
const NAMED_DAYS = 5;

/** What needs somebody, the most pressing first. */
export function needsOf(around: Around, verdict: Verdict): Need[] {
  const all = [
    ...errand(verdict),
    ...backgroundTrouble(around),
    ...noMapping(around),
    ...missingNights(around),
    ...expiring(around),
    ...unclosable(around),
    ...failures(around),
  ];
  return [...all.filter(({ level }) => level === 'act'), ...all.filter(({ level }) => level === 'watch')];
}

function plain(key: string, title: string, todo: string, level: Need['level'] = 'act'): Need {
  return { key, level, title, todo, cases: [], more: 0 };
}

/** What the verdict asks for. */
function errand({ tone, sentence, errand: todo }: Verdict): Need[] {
  if (todo === null) return [];
  return [plain('night', sentence.replace(/\.$/, ''), todo, tone === 'bad' ? 'act' : 'watch')];
}

function backgroundTrouble({ background, times }: Around): Need[] {
  if (background === null || background.trouble === null) return [];
  const { trouble, retryAt } = background;
  const again = retryAt === null ? '' : ` It tries again at ${times.clock(retryAt)}; nothing is lost.`;
  return [
    plain(
      'background',
      'Events and close requests are not worked on',
      `${trouble.replace(/\.?$/, '.')}${again}`,
    ),
  ];
}

/** Where nothing at all is on record, the verdict leads the way. */
function noMapping(around: Around): Need[] {
  if (around.seen.hasMappings || isBlank(around)) return [];
  return [
    plain(
      'mapping',
      `No mapping is on record in ${around.db}`,
      'Run “nightsweep import mapping FILE”, or set source; is this the database you meant?',
    ),
  ];
}

function missingNights({ seen: { report } }: Around): Need[] {
  const missing = report.nights?.missing;
  if (missing === undefined || missing.total === 0) return [];
  const all = missing.items.map(({ day }) => dayName(day));
  const days = [...new Set(all)].slice(-NAMED_DAYS);
  const more = missing.total - all.filter((day) => days.includes(day)).length;
  return [
    plain(
      'missing',
      `${plural(missing.total, 'night')} of the last ${report.days.length} days did not run`,
      `${days.join(', ')}${more > 0 ? `, and ${more} before` : ''}: read what the log of cron, the timer or the server says of that time; “nightsweep doctor” says which nights are expected. What they left, the next sweep takes up.`,
      'watch',
    ),
  ];
}

/** A request that has this share of its time left is about to expire. */
const LAST_PART = 1 / 4;

function expiring({ seen: { asked, now }, requestMaxAgeMs }: Around): Need[] {
  const [oldest] = asked.first;
  if (oldest === undefined) return [];
  const leftMs = oldest.requestedAt + requestMaxAgeMs - now;
  if (leftMs > Math.max(LAST_PART * requestMaxAgeMs, Math.min(HOUR, requestMaxAgeMs))) return [];
  const title =
    leftMs > 0
      ? `Close requests begin to expire in ${roughly(leftMs)}`
      : 'Close requests are too old, and expire with the next sweep';
  const todo = 'Run “nightsweep sweep --only-requested”, and see why they have not been served.';
  const cases = asked.first.map(({ conversationId, origin, requestedAt }) => ({
    conversationId,
    facts: [origin, `asked ${roughly(now - requestedAt)} ago`],
  }));
  return [{ ...plain('expiring', title, todo), cases, more: asked.total - cases.length }];
}

function unclosable({ seen: { report } }: Around): Need[] {
  const { items, total } = report.unclosable;
  const unread = total - items.length;
  const needs = grouped(items, unread > 0, (one: Unclosable) => ({
    key: 'unclosable',
    level: 'act',
    title: (n) => `${n} could not be closed three nights running: ${spaced(howOf(one))}`,
    todo: one.nextAction,
    fact: factsOf(one),
    ...one,
  }));
  if (unread === 0) return needs;
  const title = `and ${plural(unread, 'more conversation')} that could not be closed three nights running`;
  return [...needs, plain('unclosable-more', title, latestOnly(items.length))];
}

function failures({ seen: { report } }: Around): Need[] {
  const { items, total } = report.failures;
  const resting = new Set(report.unclosable.items.map(({ conversationId }) => conversationId));
  const isOpen = ({ settledAs }: Failure) => settledAs === null;
  const open = items.filter((one) => isOpen(one) && !resting.has(one.conversationId));
  // What is settled comes last: a list that has some of it has all that is open.
  const unread = items.every(isOpen) ? total - items.length : 0;
  const needs = grouped(open, unread > 0, (one: Failure) => ({
    key: 'failure',
    level: asksSomebody(one.nextAction) ? 'act' : 'watch',
    title: (n) => `${n} ${spaced(howOf(one))}`,
    todo: one.nextAction,
    fact: [...factsOf(one), ...(one.tries > 1 ? [plural(one.tries, 'time')] : [])],
    ...one,
  }));
  if (unread === 0) return needs;
  const title = `and up to ${plural(unread, 'more conversation')} that failed or stayed unconfirmed`;
  return [...needs, plain('failure-more', title, latestOnly(items.length), 'watch')];
}

function latestOnly(n: number): string {
  return `Only ${count(n)} are told apart here; the others follow as these are settled.`;
}

interface Entry extends Pick<Need, 'key' | 'level' | 'todo'> {
  /** @param n how many conversations, in words */
  readonly title: (n: string) => string;
  readonly conversationId: string;
  readonly fact: readonly string[];
}

/**
 * What has gone wrong in the same way and asks for the same is one need.
 * @param isCut whether there are more than these, so that of each there may be more
 */
function grouped<T>(items: readonly T[], isCut: boolean, entryOf: (item: T) => Entry): Need[] {
  const groups = new Map<string, Entry[]>();
  for (const item of items) {
    const entry = entryOf(item);
    const key = JSON.stringify([entry.key, entry.title(''), entry.todo]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].flatMap((entries, at) => {
    const [first] = entries;
    if (first === undefined) return [];
    const cases = entries
      .slice(0, SHOWN)
      .map(({ conversationId, fact }) => ({ conversationId, facts: fact }));
    const { key, level, todo } = first;
    const n = plural(entries.length, 'conversation');
    const title = first.title(isCut ? `At least ${n}` : n);
    return [{ key: `${key}-${at + 1}`, level, title, todo, cases, more: entries.length - cases.length }];
  });
}

function factsOf({ sessionId, correlationId }: Pick<Failure, 'sessionId' | 'correlationId'>): string[] {
  return [
    ...(sessionId === null ? [] : [`session ${sessionId}`]),
    ...(correlationId === null ? [] : [`correlation id ${correlationId}`]),
  ];
}
