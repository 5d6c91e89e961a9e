import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../domain/time.ts';
import { participant } from './participant.ts';
import type { RandomStream } from './random.ts';
import type { ConversationKind, ConversationRecord } from './record.ts';
import { agent, chat, greeting, guest, queued, recordOf, type Scene, type Story, sceneOf } from './scene.ts';

interface Kind {
  /** How long ago the last sign of life was, in ms, from and to. */
  readonly idle: readonly [number, number];
  readonly tell: (scene: Scene, now: Instant) => Story;
}

const handedOver = (scene: Scene) => [
  greeting(scene),
  queued(scene, { endedAt: scene.start + 30 * SECOND, disconnectType: 'transfer' }),
];

/** Both sides have written, the guest last or the agent last. */
function withAgent(scene: Scene, lastSpeaker: 'customer' | 'agent') {
  const { random, start, last } = scene;
  const before = last - MINUTE;
  const said = { customer: before, agent: before, [lastSpeaker]: last };
  return [
    guest(scene, { messageTimes: chat(random, start, said.customer) }),
    ...handedOver(scene),
    agent(scene, { messageTimes: chat(random, start + 40 * SECOND, said.agent) }),
  ];
}

function inQueue(scene: Scene) {
  return [
    guest(scene, { messageTimes: chat(scene.random, scene.start, scene.last) }),
    greeting(scene),
    queued(scene),
  ];
}

const ended = (scene: Scene) => ({ history: [{ at: scene.last, event: 'ended' as const }] });

const KINDS: Readonly<Record<ConversationKind, Kind>> = {
  closed: {
    idle: [HOUR, 15 * DAY],
    tell: (scene) => {
      const { random, start, last } = scene;
      const before = last - MINUTE;
      return {
        participants: [
          guest(scene, { messageTimes: chat(random, start, before - SECOND), endedAt: last }),
          ...handedOver(scene),
          agent(scene, {
            messageTimes: chat(random, start + 40 * SECOND, before),
            endedAt: last,
            state: 'terminated',
            acwStartedAt: last - 30 * SECOND,
            acwEndedAt: last,
          }),
        ],
        ...ended(scene),
      };
    },
  },
  abandoned: {
    idle: [HOUR, 15 * DAY],
    tell: (scene) => ({
      participants: [
        guest(scene, {
          messageTimes: chat(scene.random, scene.start, scene.last - MINUTE),
          endedAt: scene.last,
        }),
        greeting(scene),
        queued(scene, { endedAt: scene.last, disconnectType: 'system' }),
      ],
      ...ended(scene),
    }),
  },
  waiting_in_queue: { idle: [10 * MINUTE, 6 * DAY], tell: (scene) => ({ participants: inQueue(scene) }) },
  with_bot: {
    idle: [25 * HOUR, 10 * DAY],
    tell: (scene) => ({
      participants: [
        guest(scene, { messageTimes: chat(scene.random, scene.start, scene.last - SECOND) }),
        participant({
          id: scene.random.uuid(),
          purpose: 'bot',
          startedAt: scene.start,
          messageTimes: [scene.start + SECOND, scene.last],
        }),
      ],
    }),
  },
  agent_customer_silent: {
    idle: [25 * HOUR, 8 * DAY],
    tell: (scene) => ({ participants: withAgent(scene, 'agent') }),
  },
  agent_customer_waiting: {
    idle: [25 * HOUR, 5 * DAY],
    tell: (scene) => ({ participants: withAgent(scene, 'customer') }),
  },
  after_call_work: {
    idle: [25 * HOUR, 10 * DAY],
    tell: (scene) => ({
      participants: withAgent(scene, 'agent').map((one) =>
        one.purpose === 'agent'
          ? {
              ...one,
              state: 'disconnected',
              endedAt: scene.last + MINUTE,
              disconnectType: 'client',
              acwStartedAt: scene.last + MINUTE,
            }
          : one,
      ),
    }),
  },
  never_wrote: {
    idle: [25 * HOUR, 20 * DAY],
    tell: (scene) => ({
      participants: [guest(scene), queued(scene, { startedAt: scene.last, connectedAt: scene.last })],
    }),
  },
  recently_active: {
    idle: [MINUTE, 2 * HOUR],
    tell: (scene) => ({
      participants: scene.random.chance(0.5)
        ? inQueue(scene)
        : withAgent(scene, scene.random.pick(['customer', 'agent'])),
    }),
  },
  parked: {
    idle: [25 * HOUR, 6 * DAY],
    tell: (scene) => ({
      participants: withAgent(scene, 'agent').map((one) =>
        one.purpose === 'agent' ? { ...one, state: 'parked', parkedAt: scene.last + MINUTE } : one,
      ),
    }),
  },
  other_message_type: {
    idle: [25 * HOUR, 9 * DAY],
    tell: (scene) => ({
      participants: inQueue(scene),
      messageType: scene.random.pick(['whatsapp', 'sms', 'open']),
    }),
  },
  own_timer: {
    idle: [25 * HOUR, 3 * DAY],
    tell: (scene, now) => {
      const endsAt = now + scene.random.int(HOUR, 10 * HOUR);
      return { participants: inQueue(scene), timer: { endsAt, durationMs: endsAt - scene.last } };
    },
  },
  reopened: {
    idle: [10 * MINUTE, 20 * HOUR],
    tell: (scene) => {
      const { random, start, last, queueId } = scene;
      const firstEnd = start + MINUTE;
      const back = { startedAt: last };
      return {
        participants: [
          guest(scene, { messageTimes: [start], endedAt: firstEnd }),
          greeting(scene),
          queued(scene, { endedAt: start + 20 * SECOND, disconnectType: 'transfer' }),
          agent(scene, { messageTimes: [start + 40 * SECOND], endedAt: firstEnd, state: 'terminated' }),
          participant({ id: random.uuid(), purpose: 'customer', ...back, messageTimes: [last] }),
          participant({ id: random.uuid(), purpose: 'acd', ...back, queueId }),
        ],
        history: [
          { at: firstEnd, event: 'ended' },
          { at: last, event: 'revived' },
        ],
      };
    },
  },
};

/** What a conversation is made from. */
export interface ConversationSpec {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly now: Instant;
  readonly random: RandomStream;
  /** How long ago the last sign of life was; drawn from the kind's own range when left out. */
  readonly idleMs?: number;
}

/** Makes one conversation that looks like its kind at `now`. Ids depend on the stream alone, not on `now`. */
export function makeConversation({ id, kind, now, random, idleMs }: ConversationSpec): ConversationRecord {
  const { idle, tell } = KINDS[kind];
  const drawn = random.int(...idle);
  const scene = sceneOf(random, now, idleMs ?? drawn);
  return recordOf(id, kind, scene, tell(scene, now));
}
