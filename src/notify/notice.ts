import { EXIT, type ExitCode } from '../domain/errors.ts';
import type { Counts } from '../domain/run.ts';
import { shortened } from '../domain/text.ts';
import { humanDuration, type Instant, toIso } from '../domain/time.ts';
import type { Night, NightReport } from '../night/ports.ts';
import { discreet } from './discreet.ts';
import type { Before } from './ports.ts';
import { beatOf, isFailure, type Occasion } from './when.ts';

/** What is told, before it has any format. Nothing in it is about a customer. */
export interface Notice {
  readonly event: Occasion | 'beat' | 'test';
  readonly mood: 'good' | 'attention' | 'bad';
  /** A few words. */
  readonly headline: string;
  /** Which installation is speaking. */
  readonly name: string;
  /** A sentence or three. */
  readonly message: string;
  /** When it was made. */
  readonly at: Instant;
  /** Null: a test. */
  readonly night: {
    readonly exitCode: ExitCode;
    readonly startedAt: Instant;
    readonly finishedAt: Instant;
    readonly run: NightReport['run'] | null;
    readonly counts: Readonly<Counts> | null;
    readonly before: Before | null;
  } | null;
}

const LONGEST_NAME = 60;
/** What a bug says may hold anything at all. */
const UNEXPECTED = 'An unexpected error ended it; what it says is in the log of that machine only.';

const HEADLINES: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'All is well',
  [EXIT.unexpected]: 'The sweep failed: unexpected error',
  [EXIT.usage]: 'The sweep failed: usage or configuration',
  [EXIT.incomplete]: 'The sweep finished, with something to look at',
  [EXIT.auth]: 'The sweep failed: authentication or permission',
  [EXIT.refused]: 'A guard refused to close by policy',
  [EXIT.workLeft]: 'The sweep left work for the next one',
  // Unavailable, closes without effect, or the daily limit: which one is said in the message.
  [EXIT.unavailable]: 'The sweep could not go on, and left work',
  [EXIT.database]: 'The sweep failed: database',
  [EXIT.leaseHeld]: 'Another run was at work',
  [EXIT.interrupted]: 'The sweep was interrupted',
  [EXIT.terminated]: 'The sweep was interrupted',
};

export function noticeOf(
  night: Night,
  event: Notice['event'],
  { name, before }: { readonly name: string; readonly before: Before | null },
): Notice {
  const { exitCode, startedAt, finishedAt, report } = night;
  return {
    event,
    mood: moodOf(night),
    headline: headlineOf(night, before),
    name: shortName(name),
    message: exitCode === EXIT.unexpected ? UNEXPECTED : discreet(night.message),
    at: finishedAt,
    night: {
      ...{ exitCode, startedAt, finishedAt, before },
      run: report && pick(report.run),
      counts: report && { ...report.counts },
    },
  };
}

export function testNotice(name: string, now: Instant): Notice {
  return {
    event: 'test',
    mood: 'good',
    headline: 'A test of the notifications',
    name: shortName(name),
    message: 'Somebody asked for it with nightsweep notify --test; there is nothing to do.',
    at: now,
    night: null,
  };
}

/** The figures that are worth a line, for those who do not read JSON. */
export function factsOf(
  { name, night }: Notice,
  moment = toIso,
): readonly (readonly [label: string, value: string])[] {
  if (night === null) return [['From', name]];
  const { exitCode, startedAt, finishedAt, run, counts, before } = night;
  const facts: [string, string][] = [
    ['From', name],
    ['Exit code', String(exitCode)],
  ];
  if (run !== null) facts.push(['Run', String(run.id)]);
  if (counts !== null) {
    const { closed, kept, failed, unconfirmed, left } = counts;
    facts.push(['Closed', String(closed)], ['Kept', String(kept)], ['Left', String(left)]);
    if (failed > 0) facts.push(['Failed', String(failed)]);
    if (unconfirmed > 0) facts.push(['Unconfirmed', String(unconfirmed)]);
  }
  facts.push(['Began', moment(startedAt)], ['Took', humanDuration(finishedAt - startedAt)]);
  if (before !== null) facts.push(['Before', `exit code ${before.exitCode}, ${moment(before.finishedAt)}`]);
  return facts;
}

/** What to run next after a bad night, where its message does not say so itself; null: that is enough. */
export function nextCommand({ mood, message, night }: Notice): string | null {
  if (mood !== 'bad' || night === null || /\bnightsweep [a-z]|--[a-z]/.test(message)) return null;
  if (night.exitCode === EXIT.unexpected) return null;
  const isPartly = night.exitCode === EXIT.incomplete && night.run !== null;
  return isPartly ? `nightsweep runs ${night.run?.id}` : 'nightsweep doctor';
}

function headlineOf(night: Night, before: Before | null): string {
  if (isFailure(night) && night.exitCode === EXIT.incomplete) return 'The sweep failed in part';
  const wasBad = before !== null && before.exitCode !== EXIT.workLeft && before.exitCode !== EXIT.ok;
  if (night.exitCode === EXIT.ok && wasBad) return 'All is well again';
  if (night.exitCode === EXIT.ok && before?.exitCode === EXIT.workLeft) return 'No work is left any more';
  return HEADLINES[night.exitCode];
}

function moodOf(night: Night): Notice['mood'] {
  if (beatOf(night) === 'fail') return 'bad';
  return night.exitCode === EXIT.ok ? 'good' : 'attention';
}

/** Only what is meant to leave, whatever else the report has. */
function pick({ id, kind, scope, state }: NightReport['run']): NightReport['run'] {
  return { id, kind, scope, state };
}

function shortName(name: string): string {
  return shortened(discreet(name), LONGEST_NAME);
}
