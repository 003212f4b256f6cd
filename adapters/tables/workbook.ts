/**
 * The rows of one sheet of a workbook (XLSX), read as it streams by: a workbook may unpack to a hundred times its size. What a
 * cell holds becomes the text that a CSV export of it would have.
 */
import { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { HeldPayload, type Source } from '../contract.ts';
import { type CheckedArchive, checkedArchive, DamagedArchive, storedArchive } from './zip.ts';

/** A row: its number in the sheet, from 1, and the text of its cells; empty cells at the end are left out. */
export interface SheetRow {
  number: number;
  cells: string[];
}

/** Rows handed over together. */
const ROWS_TOGETHER = 500;
/** A spreadsheet ends at a million rows; a file that claims more is none. */
const ROWS_MOST = 1_048_576;
const COLUMNS_MOST = 1_000;

/**
 * The rows of the sheet with this name, or with this number from 1.
 * @throws HeldPayload when the bytes are no workbook or it has no such sheet.
 */
export async function* readSheet(source: Source, sheet: string | number): AsyncGenerator<readonly SheetRow[]> {
  const { entries, failure } = await partsOf(source);
  const bytes = Readable.from(storedArchive(entries));
  // What fails ends the stream, but nobody tells who waits at its other end.
  const failed = new Promise<never>((_, reject) => bytes.once('error', reject));
  failed.catch(() => undefined);
  let found = false;
  let rows: SheetRow[] = [];
  try {
    const workbook = new ExcelJS.stream.xlsx.WorkbookReader(bytes, {
      worksheets: 'emit',
      sharedStrings: 'cache',
      styles: 'cache',
      hyperlinks: 'ignore',
      entries: 'ignore',
    });
    let place = 0;
    for await (const worksheet of unless(failed, workbook)) {
      place += 1;
      const { name } = worksheet as unknown as { name?: string };
      const wanted = sheet === place || sheet === name;
      for await (const row of unless(failed, worksheet)) {
        if (!wanted || row.number > ROWS_MOST) continue;
        rows.push({ number: row.number, cells: cellsOf(row) });
        if (rows.length < ROWS_TOGETHER) continue;
        yield rows;
        rows = [];
      }
      found ||= wanted;
    }
  } catch (error) {
    if (failure() !== undefined) throw failure();
    throw new HeldPayload(
      'file',
      'workbook',
      `the file cannot be read as a workbook (${error instanceof Error ? error.name : 'damaged'})`,
    );
  } finally {
    bytes.destroy();
  }
  if (rows.length > 0) yield rows;
  if (!found) throw new HeldPayload('file', 'sheet', 'the workbook has no such sheet');
}

/** What is iterated, until it ends or this fails. */
async function* unless<T>(failed: Promise<never>, iterable: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await Promise.race([iterator.next(), failed]);
      if (done === true) return;
      yield value;
    }
  } finally {
    // Not awaited: one that waits for what failed never answers.
    iterator.return?.().catch(() => undefined);
  }
}

const SHEET = /^xl\/worksheets\/sheet\d+\.xml$/;
/** Parts of a workbook that are read, in the order in which they are needed: texts and formats before the sheets that use them. */
const PARTS = [
  /^xl\/_rels\/workbook\.xml\.rels$/,
  /^xl\/workbook\.xml$/,
  /^xl\/styles\.xml$/,
  /^xl\/sharedStrings\.xml$/,
  SHEET,
];
const partOf = (name: string): number => PARTS.findIndex((part) => part.test(name));

async function partsOf(source: Source): Promise<CheckedArchive> {
  const archive = await checkedArchive(source, (name) => partOf(name) >= 0).catch((error: unknown) => {
    if (!(error instanceof DamagedArchive)) throw error;
    throw new HeldPayload('file', 'workbook', `the file cannot be read as a workbook: ${error.message}`);
  });
  const entries = archive.entries.toSorted((left, right) => partOf(left.name) - partOf(right.name));
  // Any other archive; exceljs would wait for more of it.
  if (!entries.some(({ name }) => SHEET.test(name)))
    throw new HeldPayload('file', 'workbook', 'the file cannot be read as a workbook: it has no sheets');
  return { ...archive, entries };
}

function cellsOf(row: ExcelJS.Row): string[] {
  const cells: string[] = [];
  for (let at = 1; at <= Math.min(row.cellCount, COLUMNS_MOST); at += 1) cells.push(textOf(row.getCell(at).value));
  return cells;
}

/** The text of a cell's value: numbers without exponent, dates as ISO, formulas by their result. */
function textOf(value: ExcelJS.CellValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return plainNumber(value);
  if (value instanceof Date) return isoText(value);
  if (typeof value !== 'object') return String(value).trim();
  if ('richText' in value)
    return value.richText
      .map(({ text }) => text)
      .join('')
      .trim();
  if ('text' in value) return value.text.trim();
  if ('result' in value) return textOf(value.result);
  return '';
}

/** Up to fifteen digits are what a spreadsheet keeps; more decimals are noise of its binary arithmetic. */
function plainNumber(value: number): string {
  const text =
    Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(Number(value.toPrecision(15)));
  return text.includes('e') ? value.toFixed(10).replace(/\.?0+$/, '') : text;
}

/** A date alone has no time; exceljs reads dates as UTC. */
function isoText(value: Date): string {
  if (Number.isNaN(value.getTime())) return '';
  const text = value.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}
