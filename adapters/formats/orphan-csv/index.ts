/** Orphan designations of products as CSV. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { mapOrphan } from './map.ts';
import { LAYOUT, parseOrphans } from './parse.ts';

/** The format `orphan-csv`. Options: `delimiter`, `headers`. */
export const format: Format = {
  name: 'orphan-csv',
  kind: 'reference',
  checkOptions: (options) => [
    ...unknownOptions(options, ['delimiter', 'headers']),
    ...tableProblems(
      options,
      Object.values(LAYOUT).map((column) => column.header),
    ),
  ],
  read: whole(function* read(bytes, context) {
    for (const line of parseOrphans(bytes, tableOptions(context.options))) yield mapOrphan(line);
  }),
};
