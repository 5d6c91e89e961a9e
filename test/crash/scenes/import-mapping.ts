import { HOUR, toIso } from '../../../src/domain/time.ts';
import { expectThat, type SetScene } from './scene.ts';

/** More than one batch of them. */
const FRESH_ROWS = 1_100;

/** A mapping file: some to look at, and many that are fresh. Where there is no database yet it is created. */
export const importMapping: SetScene = (world) => {
  const ids = world.add(['with_bot', 'waiting_in_queue', 'closed', 'recently_active'], { mapped: true });
  const recent = toIso(Date.now() - HOUR);
  const name = world.fileName('mapping');
  const n = name.slice(-1).padStart(4, '0');
  const fresh = Array.from(
    { length: FRESH_ROWS },
    (_, i) => `${name}-${i},22222222-${n}-4000-8000-${String(i).padStart(12, '0')},${recent},${recent},`,
  );
  const [header = '', ...rows] = world.mappingRows(ids);
  const file = world.place.file(`${name}.csv`, [header, ...fresh, ...rows].join('\n'));
  const total = ids.length + FRESH_ROWS;

  const inside = (): number =>
    world.place.query(`SELECT count(*) AS n FROM mappings WHERE source = 'csv:${file}'`)[0].n;
  return {
    argv: ['import', 'mapping', file],
    check: () => [],
    makeGood: async (run) => {
      const { code, json, stderr } = await run('import', 'mapping', file, '--json');
      if (code !== 0) return [`import mapping ended with ${code}: ${stderr}`];
      const { rows: read, rejected } = json.counts;
      return [
        ...expectThat(
          read === total && rejected === 0,
          `it read ${read} of ${total} rows, and rejected ${rejected}`,
        ),
        ...expectThat(inside() === total, `${inside()} of ${total} rows are in the mapping`),
      ];
    },
  };
};
