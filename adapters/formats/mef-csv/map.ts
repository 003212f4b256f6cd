/** A line of the Medicaid Exclusion File -> its reference record: listed = carves in. */
import type { Parsed } from '../../contract.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { Exclusion } from './parse.ts';

/** One line as a unit of the payload. */
export const mapExclusion = ({ position, row, errors }: TableRow<Exclusion>): Parsed => ({
  position,
  records: row === null ? [] : [{ type: 'reference', kind: 'medicaidExclusion', row }],
  errors,
});
