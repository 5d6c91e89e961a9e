import { refill } from '../nights.ts';
import type { CrashWorld } from '../world.ts';
import { expectThat, type Scene, type SetScene } from './scene.ts';

/** Somebody closes two by hand, one of which no mapping knows. Perhaps they do not try again. */
export const close: SetScene = (world, asLeft) => {
  if (!asLeft) refill(world);
  const known = world.closable().at(-1)?.id;
  const ids = [...world.add(['with_bot'], { mapped: false }), ...(known === undefined ? [] : [known])];
  world.noteAsked(ids);
  const argv = ['close', ...ids, '--reason', 'by phone'];
  return {
    argv,
    check: () => [],
    makeGood: async (run) => {
      if (world.random.chance(0.5)) {
        world.forgetUnrecorded(ids);
        return [];
      }
      const { code } = await run(...argv);
      return expectThat(code === 0 || code === 3, `close ended with ${code}`);
    },
  };
};

/** A list, served at once. */
export const importClosesNow: SetScene = (world, asLeft) =>
  aList(world, asLeft, (file) => ['--now', '--results', `${file}.done.csv`]);

/** A list, for the next sweep. */
export const importCloses: SetScene = (world, asLeft) => aList(world, asLeft, () => []);

function aList(world: CrashWorld, asLeft: boolean, options: (file: string) => readonly string[]): Scene {
  if (!asLeft) refill(world);
  const mapped = asLeft ? [] : world.add(['with_bot'], { mapped: true });
  world.map(mapped);
  const ids = [...mapped, ...world.add(['waiting_in_queue', 'closed', null], { mapped: false })];
  world.noteAsked(ids);
  const file = world.place.file(`${world.fileName('closes')}.csv`, `conversation_id\n${ids.join('\n')}\n`);

  const query = (sql: string) => world.place.query(sql);
  const isFinished = () =>
    query(`SELECT 1 FROM imports WHERE file = '${file}' AND finished_at IS NOT NULL`).length > 0;
  const asked = () => query(`SELECT conversation_id FROM close_requests WHERE origin LIKE 'csv:${file}#%'`);
  return {
    argv: ['import', 'closes', file, ...options(file)],
    check: () =>
      expectThat(
        !isFinished() || asked().length === ids.length,
        `${file} counts as imported, and ${asked().length} of ${ids.length} rows are asked for`,
      ),
    makeGood: async (run) => {
      const again = isFinished();
      const { code } = await run('import', 'closes', file);
      return [
        // One that was finished before it died is refused, and has lost nothing.
        ...expectThat(code === (again ? 2 : 0), `import closes ended with ${code}`),
        ...expectThat(asked().length === ids.length, `${asked().length} requests for ${ids.length} rows`),
      ];
    },
  };
}
