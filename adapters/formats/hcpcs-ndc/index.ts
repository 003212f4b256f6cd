/** The crosswalk from NDC to HCPCS codes of clinic-administered drugs. README.md says which columns are read. */
import type { Format, Parsed } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { absentProblems, wholeList } from '../../tables/whole-list.ts';
import { mapCrosswalk } from './map.ts';
import { LAYOUT, parseCrosswalk } from './parse.ts';

/** The format `hcpcs-ndc`. Options: `absent`, `delimiter`, `sheet`, `headers`. */
export const format: Format = {
  name: 'hcpcs-ndc',
  kind: 'reference',
  checkOptions: (options) => [
    ...unknownOptions(options, ['absent', ...TABLE_OPTIONS]),
    ...absentProblems(options),
    ...tableProblems(
      options,
      Object.values(LAYOUT).map((column) => column.header),
    ),
  ],
  read(source, { options }) {
    const lines = parseCrosswalk(source, tableOptions(options));
    const units = async function* units(): AsyncGenerator<Parsed[]> {
      for await (const some of lines) yield some.map(mapCrosswalk);
    };
    return wholeList(units(), options, { of: 'reference', kind: 'hcpcsNdc' });
  },
};
