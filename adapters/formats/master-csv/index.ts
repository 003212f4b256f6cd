/** A tenant's master data as CSV. README.md says which columns are read; the feed option `record` says which file it is. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { isMasterKind, LAYOUTS } from './layouts.ts';
import { mapLine } from './map.ts';
import { parseLines } from './parse.ts';

/** The format `master-csv`. Options: `record` (required), `delimiter`, `headers`. */
export const format: Format = {
  name: 'master-csv',
  kind: 'master',
  checkOptions(options) {
    const problems = unknownOptions(options, ['record', 'delimiter', 'headers']);
    const { record } = options;
    if (!isMasterKind(record)) return [...problems, `record must be one of ${Object.keys(LAYOUTS).join(', ')}`];
    const headers = Object.values(LAYOUTS[record]).map((column) => column.header);
    return [...problems, ...tableProblems(options, headers)];
  },
  read: whole(function* read(bytes, context) {
    const { record } = context.options;
    if (!isMasterKind(record)) throw new TypeError('master-csv: the option record was not checked');
    for (const line of parseLines(bytes, record, tableOptions(context.options))) yield mapLine(record, line);
  }),
};
