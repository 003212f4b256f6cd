/** The columns of a Medicaid Exclusion File as CSV (MASTER-DATA.md). */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import { capitals, code, npi, state, Unreadable } from '../../tables/cells.ts';
import { filled, meaningful, readTable, spare } from '../../tables/layout.ts';
import type { Layout, TableOptions, TableRow } from '../../tables/layout.ts';

/** A line of the file. */
export type Exclusion = Extract<ReferenceRecord, { kind: 'medicaidExclusion' }>['row'];

const quarter = (text: string): string | Unreadable =>
  /^\d{4}[Qq][1-4]$/.test(text) ? text.toUpperCase() : new Unreadable('a quarter: the year, Q and 1 to 4');

/** The columns, in the order of our examples. */
export const LAYOUT: Layout<Exclusion> = {
  quarter: filled('Quarter', quarter),
  id340b: filled('340B ID', capitals),
  state: filled('State', state),
  medicaidNumber: meaningful('Medicaid Number', code, ''),
  npi: spare('NPI', npi, ''),
};

/** @throws HeldPayload when the file is empty or lacks a column. */
export const parseExclusions = (bytes: Uint8Array, options: TableOptions): Generator<TableRow<Exclusion>> =>
  readTable(bytes, LAYOUT, options);
