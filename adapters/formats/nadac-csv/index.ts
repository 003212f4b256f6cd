/** National average drug acquisition costs (NADAC). README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { mapNadac } from './map.ts';
import { LAYOUT, parseNadac } from './parse.ts';

/** The format `nadac-csv`. Options: `delimiter`, `sheet`, `headers`. */
export const format: Format = {
  name: 'nadac-csv',
  kind: 'reference',
  checkOptions: (options) => [
    ...unknownOptions(options, TABLE_OPTIONS),
    ...tableProblems(
      options,
      Object.values(LAYOUT).map((column) => column.header),
    ),
  ],
  async *read(source, { options }) {
    for await (const lines of parseNadac(source, tableOptions(options))) yield lines.map(mapNadac);
  },
};
