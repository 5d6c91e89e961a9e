import { UsageError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import type { CronExpression } from '../schedule/cron.ts';
import type { Values } from './settings.ts';

/** Every setting in force, frozen. Durations are in milliseconds; null means none. */
export interface Config {
  readonly db: string;
  /** Where the mapping is read from; null: from nowhere. */
  readonly source: SourceConfig | null;
  readonly api: 'platform' | 'gateway';
  readonly survey: boolean;
  readonly policy: Policy;
  readonly closeReason: string | null;
  readonly ratePerMinute: number;
  /** Above 0, up to 1. */
  readonly budgetShare: number;
  readonly concurrency: number;
  /** Infinity when unlimited. */
  readonly maxCloses: number;
  readonly maxDurationMs: number | null;
  readonly graceMs: number;
  readonly verifyForMs: number;
  readonly requestMaxAgeMs: number;
  readonly reopenWatchMs: number;
  readonly surveyLagMs: number;
  /** How often a full sweep should run; null: no night is expected. */
  readonly expectedEveryMs: number | null;
  readonly schedule: ScheduleConfig;
  readonly expectOrganization: string | null;
  readonly attemptTimeoutMs: number;
  readonly conversationDeadlineMs: number;
  readonly webhookDelayMs: number;
  readonly notify: NotifyConfig;
  /** Null: no metrics are written. */
  readonly metricsFile: string | null;
}

/** Of which nights somebody is told, and in whose name; null: that of the machine. */
export interface NotifyConfig {
  readonly on: Values['notify.on'];
  readonly name: string | null;
}

/** A database of another program, the query on it, and the column of that which tells when a row changed. */
export interface SourceConfig {
  /** Absolute. */
  readonly file: string;
  readonly query: string;
  readonly since: string | null;
  readonly overlapMs: number;
}

/** When nights begin, where that is left to us. */
export interface ScheduleConfig {
  /** Null: at no time of ours. */
  readonly cron: CronExpression | null;
  /** An IANA name; null: that of the machine. */
  readonly timeZone: string | null;
  readonly jitterMs: number;
  readonly catchUp: boolean;
}

/** @throws UsageError when settings that are right by themselves cannot be honoured together */
export function toConfig(values: Values): Config {
  refuseBlindExemptions(values);
  return deepFreeze({
    db: values.db,
    source: toSource(values),
    api: values.api,
    survey: values.survey,
    policy: {
      staleAfterMs: values.staleAfter,
      staleAfterWithAgentMs: staleAfterWithAgent(values),
      awaitingAgent: values.awaitingAgent,
      exemptQueues: values.exemptQueues,
      exemptDivisions: values.exemptDivisions,
      platformTimerGraceMs: values.platformTimerGrace,
      messageTypes: values.messageTypes,
    },
    closeReason: values.closeReason,
    ratePerMinute: values.ratePerMinute,
    budgetShare: values.budgetShare,
    concurrency: values.concurrency,
    maxCloses: values.maxCloses,
    maxDurationMs: values.maxDuration,
    graceMs: values.grace,
    verifyForMs: values.verifyFor,
    requestMaxAgeMs: values.requestMaxAge,
    reopenWatchMs: values.reopenWatch,
    surveyLagMs: values.surveyLag,
    expectedEveryMs: values.expectedEvery,
    schedule: {
      cron: values['schedule.cron'],
      timeZone: values['schedule.timeZone'],
      jitterMs: values['schedule.jitter'],
      catchUp: values['schedule.catchUp'],
    },
    expectOrganization: values.expectOrganization,
    attemptTimeoutMs: values.attemptTimeout,
    conversationDeadlineMs: values.conversationDeadline,
    webhookDelayMs: values.webhookDelay,
    notify: { on: values['notify.on'], name: values['notify.name'] },
    metricsFile: values.metricsFile,
  });
}

/** Milliseconds in force: an agent's presence may give a conversation more time, never less. */
export function staleAfterWithAgent(values: Values): number {
  return Math.max(values.staleAfter, values.staleAfterWithAgent ?? 0);
}

function toSource(values: Values): SourceConfig | null {
  const { 'source.file': file, 'source.query': query, 'source.since': since } = values;
  if (file !== null && query !== null) return { file, query, since, overlapMs: values['source.overlap'] };
  if (file === null && query === null && since === null) return null;
  const lacking = file === null ? 'file' : 'query';
  throw new UsageError(
    `source cannot be honoured without source.${lacking}; give source.file and source.query together, or neither.`,
  );
}

function refuseBlindExemptions({ api, exemptQueues, exemptDivisions }: Values): void {
  if (api !== 'gateway') return;
  for (const [key, exempt] of Object.entries({ exemptQueues, exemptDivisions })) {
    if (exempt.length === 0) continue;
    throw new UsageError(
      `${key} cannot be honoured with api gateway, whose contract tells neither queues nor divisions; set ${key} to none, or use api platform.`,
    );
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
