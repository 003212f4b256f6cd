/** A line of the orphan designation file -> its reference record. */
import type { Parsed } from '../../contract.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { Orphan } from './parse.ts';

/** One line as a unit of the payload. */
export const mapOrphan = ({ position, row, errors }: TableRow<Orphan>): Parsed => ({
  position,
  records: row === null ? [] : [{ type: 'reference', kind: 'orphanDesignation', row }],
  errors,
});
