/** The columns of a Medicaid Exclusion File: the publisher's workbook, or a CSV of ours (MASTER-DATA.md). */
import { isDate } from '../../../src/model/calendar.ts';
import type { ReferenceRecord } from '../../../src/model/records.ts';
import { HeldPayload } from '../../contract.ts';
import type { Source } from '../../contract.ts';
import { capitals, code, npi, state, Unreadable } from '../../tables/cells.ts';
import { filled, meaningful, missable, readTableFile, spare, TableReading } from '../../tables/layout.ts';
import type { Column, Layout, TableOptions, TableRow } from '../../tables/layout.ts';
import { isQuarter, quarterIn } from './quarter.ts';

/** A line of the file. */
export type Exclusion = Extract<ReferenceRecord, { kind: 'medicaidExclusion' }>['row'];

const quarter = (text: string): string | Unreadable =>
  isQuarter(text) ? text.toUpperCase() : new Unreadable('a quarter: the year, Q and 1 to 4');

/** A date as the publisher writes it: of a workbook's cell, or as American text. An unreadable one must not be taken for an open end. */
const day = (cell: string): string | Unreadable => {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(cell);
  const iso = american
    ? `${american[3]}-${american[1]?.padStart(2, '0')}-${american[2]?.padStart(2, '0')}`
    : cell.replace(/[T ]00:00(:00(\.0{1,7})?)?$/, '');
  return isDate(iso) ? iso : new Unreadable('a date: year-month-day, or month/day/year');
};

const alike = <V>(column: Column<V>, other: RegExp): Column<V> => ({ ...column, alike: other });

/** The columns, in the order of our examples. The publisher's file has no quarter: its title says it. */
export const LAYOUT: Layout<Exclusion> = {
  quarter: missable(meaningful('Quarter', quarter, '')),
  id340b: filled('340B ID', capitals),
  state: filled('State', state),
  medicaidNumber: meaningful('Medicaid Number', code, ''),
  npi: spare('NPI', npi, ''),
  startDate: alike(
    missable(meaningful<string | null>('Start Date', day, null)),
    /^(participating|effective)startdate$/,
  ),
  terminationDate: alike(missable(meaningful<string | null>('Termination Date', day, null)), /^(term|end)date$/),
};

/**
 * The lines of a file with their quarter; `declared` is the feed's, for files that do not say it.
 * @throws HeldPayload when the file is empty, lacks a column, or says its quarter nowhere.
 */
export async function* parseExclusions(
  source: Source,
  options: TableOptions,
  declared: string | null,
): AsyncGenerator<TableRow<Exclusion>[]> {
  const reading = new TableReading(LAYOUT, options);
  let whole: string | null | undefined;
  for await (const lines of readTableFile(source, reading, options)) {
    if (lines.length === 0) continue;
    if (whole === undefined) {
      whole = declared ?? quarterIn(reading.titles.flat().join(' '));
      if (whole === null && !reading.has('quarter'))
        throw new HeldPayload(
          'line 1',
          'Quarter',
          'the file says its quarter neither in a column nor in a title, nor does the feed',
        );
    }
    yield lines.map((line) => withQuarter(line, whole ?? null));
  }
}

function withQuarter(line: TableRow<Exclusion>, whole: string | null): TableRow<Exclusion> {
  const { position, row, errors } = line;
  if (row === null || row.quarter !== '') return line;
  if (whole !== null) return { ...line, row: { ...row, quarter: whole } };
  const empty = { code: 'RECORD_INVALID' as const, field: 'Quarter', message: 'must not be empty', original: '' };
  return { position, row: null, errors: [...errors, empty] };
}
