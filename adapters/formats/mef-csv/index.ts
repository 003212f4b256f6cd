/** The Medicaid Exclusion File as CSV. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { mapExclusion } from './map.ts';
import { LAYOUT, parseExclusions } from './parse.ts';

/** The format `mef-csv`. Options: `delimiter`, `headers`. */
export const format: Format = {
  name: 'mef-csv',
  kind: 'reference',
  checkOptions: (options) => [
    ...unknownOptions(options, ['delimiter', 'headers']),
    ...tableProblems(
      options,
      Object.values(LAYOUT).map((column) => column.header),
    ),
  ],
  read: whole(function* read(bytes, context) {
    for (const line of parseExclusions(bytes, tableOptions(context.options))) yield mapExclusion(line);
  }),
};
