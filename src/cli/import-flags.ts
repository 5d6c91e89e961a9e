import type { Flags } from './command.ts';

/** How a file of somebody else's is read; understood by each import. */
export const IMPORT_OPTIONS: Flags = {
  delimiter: { value: 'D', describe: "what separates the values: auto, tab, or ',' ';' '|' (auto)" },
  map: {
    value: 'COLUMN=HEADER',
    many: true,
    describe: 'the header that stands for a column; repeat it, or separate several by commas',
  },
  'ignore-unknown': { describe: 'leave all other columns alone, also what looks misspelt' },
  'dry-run': { alias: 'n', describe: 'check everything and write nothing to the database' },
  rejects: { value: 'FILE', describe: 'write the rejected rows to this new file, to correct and import' },
};
