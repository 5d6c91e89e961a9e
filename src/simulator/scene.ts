import { HOUR, type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { participant } from './participant.ts';
import { DIVISIONS, QUEUES } from './places.ts';
import type { RandomStream } from './random.ts';
import type { ConversationKind, ConversationRecord, ParticipantRecord } from './record.ts';

/** Who is there, and when what happened; the common ground on which each kind of conversation is told. */
export interface Scene {
  readonly random: RandomStream;
  readonly queueId: string;
  /** The guest opens the chat. */
  readonly start: Instant;
  /** The last sign of life. */
  readonly last: Instant;
}

/** What a kind of conversation adds to its scene. */
export interface Story {
  readonly participants: ParticipantRecord[];
  readonly messageType?: string;
  readonly timer?: ConversationRecord['timer'];
  readonly history?: ConversationRecord['history'];
}

/** Sets the scene `idleMs` after the last sign of life, at most three hours after the chat was opened. */
export function sceneOf(random: RandomStream, now: Instant, idleMs: number): Scene {
  const last = now - idleMs;
  return {
    random,
    queueId: random.pick(QUEUES).id,
    start: last - random.int(3 * MINUTE, 3 * HOUR),
    last,
  };
}

export function recordOf(id: string, kind: ConversationKind, scene: Scene, story: Story): ConversationRecord {
  const history = story.history ?? [];
  return {
    id,
    kind,
    messageType: story.messageType ?? 'webmessaging',
    divisionIds: [scene.random.pick(DIVISIONS).id],
    startedAt: scene.start,
    participants: story.participants,
    timer: story.timer ?? null,
    endedBy: history.at(-1)?.event === 'ended' ? 'self' : null,
    endedAs: null,
    history: [...history],
    closeEffect: null,
    closing: null,
    gone: false,
    patches: 0,
    effectivePatches: 0,
    reads: 0,
  };
}

/** Up to six messages between two moments, in order; the last one at `to` exactly. */
export function chat(random: RandomStream, from: Instant, to: Instant): Instant[] {
  const earlier = Array.from({ length: random.int(0, 5) }, () =>
    random.int(from, Math.max(from, to - SECOND)),
  );
  return [...earlier.sort((a, b) => a - b), to];
}

type Details = Partial<Omit<ParticipantRecord, 'id' | 'purpose'>>;

export function guest({ random, start }: Scene, details: Details = {}): ParticipantRecord {
  return participant({ id: random.uuid(), purpose: 'customer', startedAt: start, ...details });
}

/** The flow that greets the guest and hands over to the queue. */
export function greeting({ random, start }: Scene): ParticipantRecord {
  return participant({
    id: random.uuid(),
    purpose: 'workflow',
    startedAt: start,
    endedAt: start + 2 * SECOND,
    disconnectType: 'transfer',
    messageTimes: [start + SECOND],
  });
}

/** The wait in the queue; over when `endedAt` is given. */
export function queued({ random, start, queueId }: Scene, details: Details = {}): ParticipantRecord {
  return participant({
    id: random.uuid(),
    purpose: 'acd',
    startedAt: start + 2 * SECOND,
    queueId,
    ...details,
  });
}

export function agent({ random, start, queueId }: Scene, details: Details = {}): ParticipantRecord {
  return participant({
    id: random.uuid(),
    purpose: 'agent',
    startedAt: start + 30 * SECOND,
    queueId,
    userId: random.uuid(),
    ...details,
  });
}
