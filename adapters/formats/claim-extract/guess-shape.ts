/**
 * What a sample of an extract looks like before anybody has declared anything: its encoding, how its lines are cut, whether the
 * first line names the columns, whether the last one counts. Only `hub feed init` asks; a feed reads what is declared.
 */
import type { Source } from '../../contract.ts';
import { readSheet } from '../../tables/workbook.ts';
import { guessFields, guessKinds, type LineKinds, type Place } from './guess-fixed.ts';
import { readRows } from './parse.ts';

/** How the lines of a sample are cut into cells. */
export type Cut =
  | { kind: 'delimited'; delimiter: string }
  | { kind: 'sheet' }
  /** Column name -> [first position from 1, length]. */
  | { kind: 'fixed'; fields: ReadonlyMap<string, Place> };

/** A sample taken apart. */
export interface Shape {
  encoding: string;
  cut: Cut;
  /** Title lines before the header. */
  skip: number;
  /** Names of the columns, as the header has them or `C1`, `C2` ... without one. */
  columns: readonly string[];
  header: boolean;
  /** Records, without header and trailer. */
  rows: readonly (readonly string[])[];
  trailer: { prefix: string; countIn: number | Place; counts: 'records' | 'lines' } | null;
  /** Lines of several kinds, of which `rows` holds the details alone. */
  kinds?: LineKinds;
}

const DELIMITERS = ['|', '\t', ';', '^', '~', ','];
/** What is looked at. */
const MOST_LINES = 2_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** UTF-8 unless its bytes are not; then the code page that such files are written in. */
export function guessEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** The shape of a sample; null when it has no lines. Only its beginning is looked at. */
export async function guessShape(source: Source): Promise<Shape | null> {
  const bytes = await source.read(0, Math.min(source.size, MOST_BYTES));
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return shapeOf(await firstSheet(source), { kind: 'sheet' }, 'utf-8');
  const encoding = guessEncoding(bytes);
  const lines = new TextDecoder(encoding)
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '' && line !== '\u001A')
    // A sample that was cut off ends in the middle of a line.
    .slice(0, bytes.length < source.size ? -1 : undefined)
    .slice(0, MOST_LINES);
  const delimiter = guessDelimiter(lines);
  const kinds = delimiter === null ? guessKinds(lines) : null;
  if (kinds !== null) return kindsShape(kinds, encoding);
  const cut: Cut =
    delimiter === null ? { kind: 'fixed', fields: guessFields(lines) } : { kind: 'delimited', delimiter };
  return shapeOf(
    lines.map((line) => cellsOf(line, cut)),
    cut,
    encoding,
  );
}

async function firstSheet(source: Source): Promise<string[][]> {
  const table: string[][] = [];
  for await (const rows of readSheet(source, 1)) {
    table.push(...rows.map(({ cells }) => cells));
    if (table.length >= MOST_LINES) break;
  }
  return table;
}

/** Lines of fixed width and of several kinds. */
function kindsShape(kinds: LineKinds, encoding: string): Shape {
  const { lines, length, trailer } = kinds;
  const cut: Cut = { kind: 'fixed', fields: guessFields(lines, length) };
  const rows = lines.map((line) => cellsOf(line, cut));
  const counts =
    trailer !== null && Number(trailer.value) === lines.length + kinds.others.length + 1 ? 'lines' : 'records';
  return {
    encoding,
    cut,
    skip: 0,
    columns: [...cut.fields.keys()],
    header: false,
    rows,
    trailer: trailer === null ? null : { prefix: trailer.prefix, countIn: trailer.place, counts },
    kinds,
  };
}

function shapeOf(table: readonly string[][], cut: Cut, encoding: string): Shape | null {
  if (table.length === 0) return null;
  const last = table.length > 2 && cut.kind !== 'sheet' ? guessTrailer(table) : null;
  const whole = last === null ? table : table.slice(0, -1);
  const width = mostCommon(whole.map((row) => row.length));
  // Titles are narrower than the table and stand before its header.
  const skip =
    cut.kind === 'fixed'
      ? 0
      : Math.max(
          0,
          whole.findIndex((row) => row.length >= width - 1),
        );
  const body = whole.slice(skip);
  const header = cut.kind !== 'fixed' && namesColumns(body);
  const columns = columnsOf(cut, header ? (body[0] ?? []) : null, width);
  const rows = (header ? body.slice(1) : body).filter((row) => cut.kind === 'sheet' || row.length === width);
  return { encoding, cut, skip, columns, header, rows, trailer: trailerOf(last, rows.length, header) };
}

function columnsOf(cut: Cut, header: readonly string[] | null, width: number): string[] {
  if (cut.kind === 'fixed') return [...cut.fields.keys()];
  return header ? header.map((name) => name.trim()) : Array.from({ length: width }, (_, at) => `C${at + 1}`);
}

/** The character that cuts nearly all lines into the same number (at least four) of columns; null = none does. */
function guessDelimiter(lines: readonly string[]): string | null {
  let best: string | null = null;
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const widths = lines.map((line) => cellsOf(line, { kind: 'delimited', delimiter }).length);
    const width = mostCommon(widths);
    const fitting = widths.filter((one) => one === width).length / lines.length;
    const score = width < 4 || fitting < 0.8 ? 0 : fitting + Math.min(width, 40) / 1_000;
    if (score > most) [best, most] = [delimiter, score];
  }
  return best;
}

function cellsOf(line: string, cut: Cut): string[] {
  if (cut.kind === 'fixed')
    return [...cut.fields.values()].map(([first, length]) => line.slice(first - 1, first - 1 + length).trim());
  if (cut.kind === 'sheet') return [line];
  const [row] = readRows(line, { delimiter: cut.delimiter, width: 0 });
  return (row?.cells ?? [line]).map((cell) => cell.trim());
}

/** A last line that differs from the others in its width and carries a number. */
function guessTrailer(table: readonly string[][]): string[] | null {
  const last = table.at(-1) ?? [];
  const usual = mostCommon(table.slice(0, -1).map((row) => row.length));
  const told = last.some((cell) => /^\d{1,9}$/.test(cell));
  const named = /^[A-Z]{2,4}$/i.test(last[0] ?? '') && table[1]?.[0] !== last[0];
  return told && (last.length < usual || named) ? last : null;
}

function trailerOf(last: readonly string[] | null, records: number, header: boolean): Shape['trailer'] {
  if (last === null) return null;
  const lines = records + 1 + Number(header);
  const at = last.findIndex((cell) => Number(cell) === records || Number(cell) === lines);
  const place = at < 0 ? last.findIndex((cell) => /^\d{1,9}$/.test(cell)) : at;
  const prefix = place > 0 ? (last[0] ?? '') : '';
  return { prefix, countIn: place + 1, counts: Number(last[place]) === lines ? 'lines' : 'records' };
}

/** Names have letters and hardly a digit; records have values. */
function namesColumns(table: readonly string[][]): boolean {
  const first = table[0] ?? [];
  const names = first.filter((cell) => /^[A-Za-z][A-Za-z0-9 _.#/()-]*$/.test(cell));
  return first.length > 0 && names.length / first.length > 0.8 && new Set(first).size > first.length / 2;
}

function mostCommon(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const one of numbers) times.set(one, (times.get(one) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
