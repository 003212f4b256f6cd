/** The columns of the orphan designation file (MASTER-DATA.md). */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import type { Source } from '../../contract.ts';
import { productNdc, yesNo } from '../../tables/cells.ts';
import { filled, readTableFile, TableReading } from '../../tables/layout.ts';
import type { Layout, TableOptions, TableRow } from '../../tables/layout.ts';

/** A line of the file. */
export type Orphan = Extract<ReferenceRecord, { kind: 'orphanDesignation' }>['row'];

/** The columns, in the order of our examples. */
export const LAYOUT: Layout<Orphan> = {
  productNdc: filled('NDC Product', productNdc),
  designated: filled('Orphan Designated', yesNo),
};

/** @throws HeldPayload when the file is empty or lacks a column. */
export const parseOrphans = (source: Source, options: TableOptions): AsyncGenerator<TableRow<Orphan>[]> =>
  readTableFile(source, new TableReading(LAYOUT, options), options);
