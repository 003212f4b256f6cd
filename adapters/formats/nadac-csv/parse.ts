/** The columns of the NADAC file as its publisher writes it. */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import type { Source } from '../../contract.ts';
import { amount, oneOf, Unreadable } from '../../tables/cells.ts';
import { compileFormat, readDate } from '../../tables/date-format.ts';
import { filled, readTableFile, TableReading } from '../../tables/layout.ts';
import type { Layout, TableOptions, TableRow } from '../../tables/layout.ts';

/** A line of the file. */
export type NadacLine = Extract<ReferenceRecord, { kind: 'nadacPrice' }>['row'];

/** numeric(14,5): costs of a billing unit have five decimals. */
const COST = { whole: 9, fraction: 5 };
const FORMATS = ['MM/dd/yyyy', 'MM-dd-yyyy', 'M/d/yyyy', 'yyyy-MM-dd']
  .map(compileFormat)
  .filter((format) => typeof format !== 'string');

const day = (text: string): string | Unreadable => {
  for (const format of FORMATS) {
    const date = readDate(text, format);
    if (date !== undefined) return date;
  }
  return new Unreadable('a date, month first');
};

/** The column is defined as eleven digits: what is shorter has lost its zeros in a spreadsheet. */
const ndc = (text: string): string | Unreadable =>
  /^\d{7,11}$/.test(text) ? text.padStart(11, '0') : new Unreadable('an NDC of eleven digits');

/** The columns that are read. */
export const LAYOUT: Layout<NadacLine> = {
  ndc11: filled('NDC', ndc),
  from: filled('Effective Date', day),
  unitCost: filled('NADAC Per Unit', amount(COST)),
  unit: filled('Pricing Unit', oneOf(['EA', 'ML', 'GM'])),
};

/** @throws HeldPayload when the file is empty or lacks a column. */
export const parseNadac = (source: Source, options: TableOptions): AsyncGenerator<TableRow<NadacLine>[]> =>
  readTableFile(source, new TableReading(LAYOUT, options), options);
