/**
 * A tenant's master data as CSV or workbook. README.md says which columns are read; the feed option `record` says which file
 * it is.
 */
import type { Format } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { absentProblems, wholeList } from '../../tables/whole-list.ts';
import { isMasterKind, LAYOUTS } from './layouts.ts';
import { mapLines } from './map.ts';
import { parseLines } from './parse.ts';

/** The format `master-csv`. Options: `record` (required), `delimiter`, `sheet`, `headers`, `absent`. */
export const format: Format = {
  name: 'master-csv',
  kind: 'master',
  checkOptions(options) {
    const problems = unknownOptions(options, ['record', 'absent', ...TABLE_OPTIONS]);
    const { record } = options;
    if (!isMasterKind(record)) return [...problems, `record must be one of ${Object.keys(LAYOUTS).join(', ')}`];
    const headers = Object.values(LAYOUTS[record]).map((column) => column.header);
    return [...problems, ...tableProblems(options, headers), ...absentProblems(options)];
  },
  read(source, { options }) {
    const { record } = options;
    if (!isMasterKind(record)) throw new TypeError('master-csv: the option record was not checked');
    const lines = parseLines(source, record, tableOptions(options));
    return wholeList(mapLines(record, lines), options, { of: 'master', kind: record });
  },
};
