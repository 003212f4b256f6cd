/** The Medicaid Exclusion File as workbook or CSV. README.md says which columns are read. */
import type { Format, Parsed } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { absentProblems, wholeList } from '../../tables/whole-list.ts';
import { mapExclusion, quarterOfUnit } from './map.ts';
import { LAYOUT, parseExclusions } from './parse.ts';
import { isQuarter } from './quarter.ts';

/** The format `mef-csv`. Options: `quarter`, `absent`, `delimiter`, `sheet`, `headers`. */
export const format: Format = {
  name: 'mef-csv',
  kind: 'reference',
  checkOptions(options) {
    const { quarter } = options;
    const headers = Object.values(LAYOUT).map((column) => column.header);
    return [
      ...unknownOptions(options, ['quarter', 'absent', ...TABLE_OPTIONS]),
      ...(quarter === undefined || (typeof quarter === 'string' && isQuarter(quarter))
        ? []
        : ['quarter must be the year, Q and 1 to 4, as 2026Q3']),
      ...absentProblems(options),
      ...tableProblems(options, headers),
    ];
  },
  read(source, { options }) {
    const { quarter } = options;
    const lines = parseExclusions(
      source,
      tableOptions(options),
      typeof quarter === 'string' ? quarter.toUpperCase() : null,
    );
    const units = async function* units(): AsyncGenerator<Parsed[]> {
      for await (const some of lines) yield some.map(mapExclusion);
    };
    return wholeList(units(), options, { of: 'reference', kind: 'medicaidExclusion' }, quarterOfUnit);
  },
};
