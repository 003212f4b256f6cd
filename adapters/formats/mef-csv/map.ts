/** A line of the Medicaid Exclusion File -> its reference record: listed = carves in. */
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import type { Exclusion } from './parse.ts';

/** One line as a unit of the payload. */
export const mapExclusion = (line: TableRow<Exclusion>): Parsed => {
  const { position, row, errors } = line;
  if (row === null) return unread(line);
  return { position, records: [{ type: 'reference', kind: 'medicaidExclusion', row }], errors };
};

/** The quarter that a unit is about. */
export function quarterOfUnit({ records }: Parsed): string {
  const [record] = records;
  return record?.type === 'reference' && record.kind === 'medicaidExclusion' ? record.row.quarter : '';
}
