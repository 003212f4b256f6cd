/** A line of the crosswalk -> its reference record. */
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { CrosswalkLine } from './parse.ts';

/** One line as a unit of the payload. */
export const mapCrosswalk = (line: TableRow<CrosswalkLine>): Parsed => {
  const { position, row, errors } = line;
  if (row === null) return unread(line);
  return { position, records: [{ type: 'reference', kind: 'hcpcsNdc', row }], errors };
};
