/**
 * What a sample of an extract looks like before anybody has declared anything: its encoding, how its lines are cut, whether the
 * first line names the columns, whether the last one counts. Only `hub feed init` asks; a feed reads what is declared.
 */
import { readRows } from './parse.ts';

/** How the lines of a sample are cut into cells. */
export type Cut =
  | { kind: 'delimited'; delimiter: string }
  /** Column name -> [first position from 1, length]. */
  | { kind: 'fixed'; fields: ReadonlyMap<string, readonly [number, number]> };

/** A sample taken apart. */
export interface Shape {
  encoding: string;
  cut: Cut;
  /** Names of the columns, as the header has them or `C1`, `C2` ... without one. */
  columns: readonly string[];
  header: boolean;
  /** Records, without header and trailer. */
  rows: readonly (readonly string[])[];
  trailer: { prefix: string; countIn: number; counts: 'records' | 'lines' } | null;
}

const DELIMITERS = ['|', '\t', ';', '^', '~', ','];
/** Lines that are looked at. */
const MOST_LINES = 2_000;

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

/** The shape of a sample; null when it has no lines. */
export function guessShape(bytes: Uint8Array): Shape | null {
  const encoding = guessEncoding(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const lines = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_LINES);
  if (lines.length === 0) return null;
  const delimiter = guessDelimiter(lines);
  const cut: Cut =
    delimiter === null ? { kind: 'fixed', fields: guessFields(lines) } : { kind: 'delimited', delimiter };
  const table = lines.map((line) => cellsOf(line, cut));
  const last = table.length > 2 ? guessTrailer(table) : null;
  const body = last === null ? table : table.slice(0, -1);
  const header = cut.kind === 'delimited' && namesColumns(body);
  const width = mostCommon(body.map((row) => row.length));
  const columns =
    cut.kind === 'fixed'
      ? [...cut.fields.keys()]
      : header
        ? (body[0] ?? []).map((name) => name.trim())
        : Array.from({ length: width }, (_, at) => `C${at + 1}`);
  const rows = (header ? body.slice(1) : body).filter((row) => row.length === width);
  return { encoding, cut, columns, header, rows, trailer: trailerOf(last, rows.length, header) };
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
  const [row] = readRows(line, { delimiter: cut.delimiter, width: 0 });
  return (row?.cells ?? [line]).map((cell) => cell.trim());
}

/** Runs of positions that are blank in every line separate the fields of a fixed layout. */
function guessFields(lines: readonly string[]): ReadonlyMap<string, readonly [number, number]> {
  const usual = mostCommon(lines.map((line) => line.length));
  const whole = lines.filter((line) => line.length === usual);
  const filled = Array.from({ length: usual }, (_, at) => whole.some((line) => line.charAt(at) !== ' '));
  const fields = new Map<string, readonly [number, number]>();
  for (let start = 0; start < usual; start++) {
    if (filled[start] !== true) continue;
    let end = start;
    while (end < usual && filled[end] === true) end++;
    fields.set(`C${fields.size + 1}`, [start + 1, end - start]);
    start = end;
  }
  return fields;
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
