import type { Instant } from '../domain/time.ts';
import { type AccountEntry, accountOf } from './account.ts';
import { participant, writes } from './participant.ts';
import type { RandomStream } from './random.ts';
import {
  type CloseEffect,
  type ConversationRecord,
  endEverybody,
  isActive,
  isLive,
  type ParticipantRecord,
} from './record.ts';

/**
 * The conversations of the simulated organisation. Whatever happens by the passing of time (a delayed close, a
 * queue's own timer) has happened by the time anybody looks: the world has no timers.
 */
export interface World {
  /** All that were ever added and not forgotten, in the order they were added. */
  list(): ConversationRecord[];
  /** Null when unknown or forgotten. */
  get(id: string): ConversationRecord | null;
  add(...records: ConversationRecord[]): void;
  /** A side writes a message. An agent who was not there connects by it. */
  touch(id: string, by: 'customer' | 'agent', at: Instant): void;
  /** The guest leaves and nobody stays. */
  endByItself(id: string, at: Instant): void;
  /** A new guest message makes an ended conversation live again under its id (threading). */
  revive(id: string, at: Instant): void;
  /** Afterwards nobody can read it any more. */
  forget(id: string): void;
  /** How this one answers a close; null: as the others do. */
  setCloseEffect(id: string, effect: CloseEffect | null): void;
  /** Carries out an accepted close of an active conversation. `as`: the status the gateway contract asked for. */
  close(id: string, as: 'closed' | 'abandoned' | null): void;
  /** Counts a request that was received for it, whatever the answer; unknown ids are ignored. */
  count(id: string, what: 'reads' | 'patches'): void;
  /** One entry for each conversation ever added, in the order they were added. */
  account(): AccountEntry[];
}

/** @param random supplies ids of participants who join later. */
export function createWorld(now: () => Instant, random: RandomStream, closeEffect: CloseEffect): World {
  const records = new Map<string, ConversationRecord>();

  const known = (id: string): ConversationRecord => {
    const record = records.get(id);
    if (record === undefined || record.gone) throw new Error(`The world has no conversation ${id}.`);
    return settled(record, now());
  };
  const knownActive = (id: string): ConversationRecord => {
    const record = known(id);
    if (!isActive(record)) throw new Error(`Conversation ${id} has ended.`);
    return record;
  };

  return {
    list: () => [...records.values()].filter(({ gone }) => !gone).map((record) => settled(record, now())),
    get(id) {
      const record = records.get(id);
      return record === undefined || record.gone ? null : settled(record, now());
    },
    add(...added) {
      for (const record of added) {
        if (records.has(record.id)) throw new Error(`The world already has conversation ${record.id}.`);
        records.set(record.id, record);
      }
    },
    touch(id, by, at) {
      const record = knownActive(id);
      writes(liveParticipant(record, by) ?? joins(record, by, at, random), at);
      if (record.timer !== null) record.timer = { ...record.timer, endsAt: at + record.timer.durationMs };
    },
    endByItself(id, at) {
      endEverybody(knownActive(id), { at, by: 'self', disconnectType: 'client' });
    },
    revive(id, at) {
      const record = known(id);
      if (isActive(record)) throw new Error(`Conversation ${id} is active, there is nothing to revive.`);
      writes(joins(record, 'customer', at, random), at);
      record.participants.push(
        participant({ id: random.uuid(), purpose: 'acd', startedAt: at, queueId: lastQueueOf(record) }),
      );
      record.endedBy = null;
      record.endedAs = null;
      record.history.push({ at, event: 'revived' });
    },
    forget(id) {
      known(id).gone = true;
    },
    setCloseEffect(id, effect) {
      known(id).closeEffect = effect;
    },
    close(id, as) {
      const record = knownActive(id);
      const effect = record.closeEffect ?? closeEffect;
      if (effect.kind === 'never' || record.closing !== null) return;
      record.effectivePatches += 1;
      record.closing = { at: now() + (effect.kind === 'delayed' ? effect.ms : 0), as };
      settled(record, now());
    },
    count(id, what) {
      const record = records.get(id);
      if (record !== undefined) record[what] += 1;
    },
    account: () => [...records.values()].map((record) => accountOf(settled(record, now()))),
  };
}

/** The record with everything that was due by `now` done, whichever was due first. */
function settled(record: ConversationRecord, now: Instant): ConversationRecord {
  if (!isActive(record)) return record;
  const { closing, timer } = record;
  if (closing !== null && closing.at <= now && closing.at <= (timer?.endsAt ?? closing.at)) {
    endEverybody(record, { at: closing.at, by: 'api', disconnectType: 'system', as: closing.as });
  } else if (timer !== null && timer.endsAt <= now) {
    endEverybody(record, { at: timer.endsAt, by: 'self', disconnectType: 'timeout' });
  }
  return record;
}

function liveParticipant(
  record: ConversationRecord,
  purpose: 'customer' | 'agent',
): ParticipantRecord | null {
  return record.participants.findLast((one) => one.purpose === purpose && isLive(one)) ?? null;
}

function lastQueueOf(record: ConversationRecord): string | null {
  return record.participants.findLast(({ queueId }) => queueId !== null)?.queueId ?? null;
}

function joins(
  record: ConversationRecord,
  purpose: 'customer' | 'agent',
  at: Instant,
  random: RandomStream,
): ParticipantRecord {
  const joined =
    purpose === 'customer'
      ? participant({ id: random.uuid(), purpose, startedAt: at })
      : participant({
          id: random.uuid(),
          purpose,
          startedAt: at,
          queueId: lastQueueOf(record),
          userId: random.uuid(),
        });
  record.participants.push(joined);
  return joined;
}
