import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../../../src/domain/errors.ts';
import { openStore } from '../../../src/store/store.ts';
import { refill } from '../nights.ts';
import { contentOf, judgeCopy, tablesOf } from './copies.ts';
import { expectThat, type SetScene } from './scene.ts';

/** So many that copying them takes some time. */
const ROWS = 5_000;

/** A copy is there as a whole under its name, or not at all under that name. */
export const backUp: SetScene = (world, asLeft) => {
  if (!asLeft) refill(world);
  if (!asLeft) world.fill(ROWS);
  const { database, dir } = world.place;
  const name = `${world.fileName('copy')}.db`;
  const [file, partial] = [join(dir, name), join(dir, `${name}.partial`)];
  const tables = tablesOf(database);
  const content = contentOf(database, tables);
  const judgeFile = () => (existsSync(file) ? judgeCopy(file, tables, content) : []);
  return {
    argv: ['db', 'backup', name],
    check: () => [...judgeFile(), ...(existsSync(partial) ? judgePartial(partial, content, tables) : [])],
    makeGood: async (run) => {
      const problems: string[] = [];
      if (existsSync(partial)) {
        const refused = await run('db', 'backup', name);
        problems.push(
          ...expectThat(
            refused.code === 9 && refused.stderr.includes(`${name}.partial`),
            `a backup over the leavings of another ended with ${refused.code}: ${refused.stderr}`,
          ),
        );
        rmSync(partial);
      }
      const there = existsSync(file);
      const { code } = await run('db', 'backup', name);
      return [
        ...problems,
        ...expectThat(code === (there ? 9 : 0), `db backup ended with ${code}`),
        ...expectThat(existsSync(file), 'there is no backup'),
        ...judgeFile(),
      ];
    },
  };
};

/** Nobody can work with it by mistake unless it is complete. */
function judgePartial(partial: string, content: string, tables: ReturnType<typeof tablesOf>): string[] {
  try {
    openStore(partial, { mode: 'read', now: Date.now() }).close();
  } catch (error) {
    return error instanceof DatabaseError
      ? []
      : [`${partial} cannot be opened, and nobody says why: ${error}`];
  }
  return judgeCopy(partial, tables, content);
}
