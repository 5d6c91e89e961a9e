import type { ConversationKind } from '../../src/simulator/record.ts';
import { ENDED_KINDS, type Facts, KEPT_KINDS, STALE_KINDS } from './facts.ts';
import { readRecord } from './record.ts';
import type { CrashWorld } from './world.ts';

/** So many to close, and so many that have ended, are always there for the next run. */
const TO_CLOSE = 5;
const ENDED = 3;

/** Something new of everything that a sweep meets with. */
export function refill(world: CrashWorld): void {
  const { random, traits } = world;
  const missing = Math.max(0, TO_CLOSE - world.closable().length);
  const stale = Array.from({ length: missing }, () => random.pick(STALE_KINDS));
  const kinds: readonly (ConversationKind | null)[] = [
    ...stale,
    ...Array.from({ length: ENDED }, () => random.pick(ENDED_KINDS)),
    random.pick<ConversationKind>(KEPT_KINDS[traits.contract]),
    ...(random.chance(0.3) ? [null] : []),
  ];
  const ids = world.add(kinds, { mapped: true });
  world.map(ids);
  const [first = ''] = ids;
  if (traits.stubborn && missing > 0 && random.chance(0.4)) {
    world.place.simulator.world.setCloseEffect(first, { kind: 'never' });
  }
  if (random.chance(0.5)) world.request(world.add([random.pick(STALE_KINDS)], { mapped: false }));
  if (random.chance(0.5)) world.request([random.pick([first, ...ids])]);
}

/** What goes on over there while nobody is looking: somebody writes, one ends by itself, one is come back to. */
export function passTime(world: CrashWorld): void {
  const { random, place, traits } = world;
  const { intents, outcomes } = readRecord(place.database);
  const intended = new Set(intents.map(({ conversation_id }) => conversation_id));
  const closed = new Set(
    outcomes.filter(({ outcome }) => outcome === 'closed').map(({ conversation_id }) => conversation_id),
  );
  const known = [...world.facts.values()].filter(
    ({ kind, mapped, held }) => kind !== null && mapped && !held,
  );
  const untouched = ({ id, activeAt }: Facts) => world.isOpen(id) && activeAt === null;
  // Between a close that may have been sent and the proof of it, no end can be told from ours.
  const settled = ({ id }: Facts) => !intended.has(id) && !world.isStubborn(id);
  const draw = (from: readonly Facts[]) => from[random.int(0, Math.max(0, from.length - 1))];
  const now = Date.now();

  const writer = draw(known.filter(untouched));
  if (writer !== undefined && random.chance(0.4)) {
    place.simulator.world.touch(writer.id, random.chance(0.7) ? 'customer' : 'agent', now);
    world.noteActive(writer, now);
  }
  const leaver = draw(
    known.filter((one) => settled(one) && untouched(one) && one.kind !== 'recently_active'),
  );
  if (leaver !== undefined && random.chance(0.3)) place.simulator.world.endByItself(leaver.id, now);

  const returner = draw(known.filter((one) => settled(one) && closed.has(one.id) && !world.isOpen(one.id)));
  if (returner !== undefined && random.chance(0.4)) {
    world.comeBack(returner, now);
    if (traits.contract === 'gateway' || random.chance(0.5)) world.request([returner.id], now + 1);
  }
}
