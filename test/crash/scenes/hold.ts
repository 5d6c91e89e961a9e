import { refill } from '../nights.ts';
import { expectThat, type SetScene } from './scene.ts';

/** Two are put on hold, both or none. */
export const hold: SetScene = (world) => {
  refill(world);
  const ids = world.add(['with_bot', 'waiting_in_queue'], { mapped: true });
  world.map(ids);
  const argv = ['hold', ...ids, '--for', '7d'];
  const held = () =>
    ids.filter(
      (id) =>
        world.place.query(`SELECT 1 FROM mappings WHERE conversation_id = '${id}' AND hold_until IS NOT NULL`)
          .length > 0,
    );
  return {
    argv,
    check: () => {
      const found = held();
      world.noteHeld(found);
      return expectThat(
        [0, ids.length].includes(found.length),
        `only ${found.length} of ${ids.length} are on hold`,
      );
    },
    makeGood: async (run) => {
      const { code } = await run(...argv);
      world.noteHeld(ids);
      // Not even who asks for its close gets it.
      world.request(ids.slice(0, 1));
      return [
        ...expectThat(code === 0, `hold ended with ${code}`),
        ...expectThat(held().length === ids.length, 'not all are on hold'),
      ];
    },
  };
};
