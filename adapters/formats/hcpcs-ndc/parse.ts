/** The columns of the crosswalk from NDC to HCPCS codes as its publisher writes it. */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import { QUANTITY } from '../../../src/model/decimal-text.ts';
import type { Source } from '../../contract.ts';
import { amount, ndc11, text, Unreadable } from '../../tables/cells.ts';
import { filled, missable, readTableFile, spare, TableReading } from '../../tables/layout.ts';
import type { Column, Layout, TableOptions, TableRow } from '../../tables/layout.ts';

/** A line of the file. */
export type CrosswalkLine = Extract<ReferenceRecord, { kind: 'hcpcsNdc' }>['row'];

const hcpcs = (cell: string): string | Unreadable =>
  /^[A-Z0-9]{5}$/i.test(cell) ? cell.toUpperCase() : new Unreadable('a HCPCS code of five letters and digits');

const alike = <V>(column: Column<V>, other: RegExp): Column<V> => ({ ...column, alike: other });
const words = (header: string) => missable(spare(header, text, ''));

/** The columns that are read; the publisher puts the year into the header of the code (`_2026_CODE`). */
export const LAYOUT: Layout<CrosswalkLine> = {
  hcpcs: alike(filled('HCPCS Code', hcpcs), /^(\d{4}|hcpcs|hcpcslevelii)?code$/),
  ndc11: alike(filled('NDC', ndc11), /^ndc2$/),
  drugName: words('Drug Name'),
  labelerName: words('Labeler Name'),
  dosage: words('HCPCS Dosage'),
  billUnits: alike(filled('BILLUNITSPKG', amount(QUANTITY)), /^billunits(per)?(pkg|package)$/),
};

/** @throws HeldPayload when the file is empty or lacks a column. */
export const parseCrosswalk = (source: Source, options: TableOptions): AsyncGenerator<TableRow<CrosswalkLine>[]> =>
  readTableFile(source, new TableReading(LAYOUT, options), options);
