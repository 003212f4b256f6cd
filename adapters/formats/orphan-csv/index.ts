/** Orphan designations of products as CSV or workbook. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { mapOrphan } from './map.ts';
import { LAYOUT, parseOrphans } from './parse.ts';

/** The format `orphan-csv`. Options: `delimiter`, `sheet`, `headers`. */
export const format: Format = {
  name: 'orphan-csv',
  kind: 'reference',
  checkOptions: (options) => [
    ...unknownOptions(options, TABLE_OPTIONS),
    ...tableProblems(
      options,
      Object.values(LAYOUT).map((column) => column.header),
    ),
  ],
  async *read(source, { options }) {
    for await (const lines of parseOrphans(source, tableOptions(options))) yield lines.map(mapOrphan);
  },
};
