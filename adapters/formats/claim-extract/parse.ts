/**
 * A delimited text (RFC 4180) cut into rows of cells, with the line each row begins on, piece by piece as the text comes. An
 * own reader, because one damaged quote must cost its own line and not the rest of the file; the test holds it against
 * csv-parse on well-formed texts.
 */

/** One row; `cells` null = it cannot be read, `fault` says why. */
export interface Row {
  /** Line of the file, from 1, on which the row begins. */
  line: number;
  text: string;
  cells: string[] | null;
  fault: string;
}

/** A quoted cell may span this many lines; a quote that stays open longer is a damaged one. */
const LINES_MAX = 50;
/** Characters of a line; what is longer is no line but damage, and is not held. */
const LINE_LENGTH_MAX = 1024 * 1024;

/** How rows are cut; `width` (columns of a row) is 0 until the header is read. */
export interface Shape {
  delimiter: string;
  readonly width: number;
  /** [first position from 1, length] of each cell in lines of fixed width; absent or null = delimited. */
  fields?: readonly (readonly [number, number])[] | null;
  /** What ends a line: `\n`, also after `\r`, or `\r` alone. */
  lineEnd: '\n' | '\r';
}

/** Cuts a text that comes piece by piece. Where the pieces end makes no difference to the rows. */
export class RowCutter {
  readonly #shape: Shape;
  /** Lines not given as rows yet; the first is line `#line` of the file. */
  #lines: string[] = [];
  #line = 1;
  /** The line that has not ended yet. */
  #rest = '';

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** The rows that are complete with this piece of text; all that is left with the `last` one. Blank lines are passed over. */
  *cut(text: string, last: boolean): Generator<Row> {
    this.#take(text, last);
    const lines = this.#lines;
    let at = 0;
    for (; at < lines.length; at++) {
      const line = lines[at] ?? '';
      // Most lines begin with a letter or digit: these are not trimmed to see that they are not blank.
      if (!/^[0-9A-Za-z]/.test(line) && line.trim() === '') continue;
      const number = this.#line + at;
      if (line.length > LINE_LENGTH_MAX)
        yield { line: number, text: line.slice(0, 1000), cells: null, fault: 'the line is too long' };
      else if (this.#shape.fields) {
        const cells = this.#shape.fields.map(([first, length]) => line.slice(first - 1, first - 1 + length));
        yield { line: number, text: line, cells, fault: '' };
      } else if (!line.includes('"'))
        yield { line: number, text: line, cells: line.split(this.#shape.delimiter), fault: '' };
      else {
        const quoted = readQuoted(lines, at, last, this.#shape);
        if (!quoted) break;
        yield { line: number, ...quoted.row };
        at += quoted.further;
      }
    }
    this.#lines = lines.slice(at);
    this.#line += at;
  }

  #take(text: string, last: boolean): void {
    const lines = (this.#rest + text).split(this.#shape.lineEnd);
    // Of a line without end only as much is held as shows that it is too long.
    this.#rest = (lines.pop() ?? '').slice(0, LINE_LENGTH_MAX + 1);
    if (last && this.#rest !== '') lines.push(this.#rest);
    for (const line of lines) this.#lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}

/** The rows of a whole text. */
export function readRows(text: string, shape: Omit<Shape, 'lineEnd'>): Row[] {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  return [...new RowCutter({ ...shape, lineEnd }).cut(text, true)];
}

/**
 * The row that begins at `at` and the further lines it takes while a quote is open; they stay lines of their own when they do
 * not belong to it. Undefined = the text that has come does not tell yet.
 */
function readQuoted(
  lines: readonly string[],
  at: number,
  last: boolean,
  shape: Shape,
): { row: Omit<Row, 'line'>; further: number } | undefined {
  const first = lines[at] ?? '';
  let text = first;
  let further = 0;
  let open = oddQuotes(first);
  while (open && further < LINES_MAX) {
    const line = lines[at + further + 1];
    if (line === undefined) {
      if (!last) return undefined;
      break;
    }
    further++;
    text += `\n${line}`;
    if (oddQuotes(line)) open = false;
  }
  const whole = open ? null : splitQuoted(text, shape, further > 0);
  if (whole) return { row: { text, cells: whole, fault: '' }, further };
  const cells = splitQuoted(first, shape, false);
  return { row: { text: first, cells, fault: cells ? '' : 'the quotes of the line cannot be read' }, further: 0 };
}

/**
 * The cells, or null when a quote does not end its cell. Several lines are one row only when every quote stands where the
 * standard wants it and the number of columns fits: else two damaged quotes would swallow what is between them.
 */
function splitQuoted(
  text: string,
  { delimiter, width }: Omit<Shape, 'lineEnd'>,
  severalLines: boolean,
): string[] | null {
  const cells: string[] = [];
  for (let at = 0; ; at += delimiter.length) {
    const end = text.charAt(at) === '"' ? quotedEnd(text, at) : plainEnd(text, at, delimiter);
    if (end === -1 || (end < text.length && !text.startsWith(delimiter, end))) return null;
    const cell = text.slice(at, end);
    if (text.charAt(at) === '"') cells.push(cell.slice(1, -1).replaceAll('""', '"'));
    else if (severalLines && (cell.includes('"') || cell.includes('\n'))) return null;
    else cells.push(cell);
    at = end;
    if (at === text.length) return severalLines && width > 0 && cells.length !== width ? null : cells;
  }
}

/** Behind the closing quote of the cell that opens at `at`; -1 = it stays open. */
function quotedEnd(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote !== -1 && text.charAt(quote + 1) === '"') quote = text.indexOf('"', quote + 2);
  return quote === -1 ? -1 : quote + 1;
}

function plainEnd(text: string, at: number, delimiter: string): number {
  const end = text.indexOf(delimiter, at);
  return end === -1 ? text.length : end;
}

function oddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
