/** A line of the orphan designation file -> its reference record. */
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { Orphan } from './parse.ts';

/** One line as a unit of the payload. */
export const mapOrphan = (line: TableRow<Orphan>): Parsed => {
  const { position, row, errors } = line;
  if (row === null) return unread(line);
  return { position, records: [{ type: 'reference', kind: 'orphanDesignation', row }], errors };
};
