/** A line of the NADAC file -> its reference record. */
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { NadacLine } from './parse.ts';

/** One line as a unit of the payload. */
export const mapNadac = (line: TableRow<NadacLine>): Parsed => {
  const { position, row, errors } = line;
  if (row === null) return unread(line);
  return { position, records: [{ type: 'reference', kind: 'nadacPrice', row }], errors };
};
