/**
 * A delimited text (RFC 4180) cut into rows, with the line each begins on, piece by piece as the text comes. An own reader,
 * because one damaged quote must cost its own line and not the rest of the file; the test holds it against csv-parse on
 * well-formed texts. A row without quotes is not cut into cells: who reads it needs some of them, and where they lie is enough.
 */

/** How the cells of a row are cut. */
export interface CellShape {
  delimiter: string;
  /** [first position from 1, length] of each cell in lines of fixed width; absent or null = delimited. */
  fields?: readonly (readonly [number, number])[] | null;
}

/** How rows are cut; `width` (columns of a row) is 0 until the header is read. */
export interface Shape extends CellShape {
  readonly width: number;
  /** What ends a line: `\n`, also after `\r`, or `\r` alone. */
  lineEnd: '\n' | '\r';
}

/** One row: a part of a text, and its cells where they are not simply parts of it. */
export class Row {
  /** Line of the file, from 1, on which it begins. */
  readonly line: number;
  readonly source: string;
  readonly from: number;
  readonly to: number;
  /** How its cells lie in it; null = they are in `cut`, or it cannot be read. */
  readonly shape: CellShape | null;
  readonly cut: readonly string[] | null;
  /** Why it cannot be read; '' = it can. */
  readonly fault: string;

  /** @param place of the row in `source`. */
  constructor(
    line: number,
    { source, from, to }: { source: string; from: number; to: number },
    shape: CellShape | null,
    cut: readonly string[] | null = null,
    fault = '',
  ) {
    this.line = line;
    this.source = source;
    this.from = from;
    this.to = to;
    this.shape = shape;
    this.cut = cut;
    this.fault = fault;
  }

  /** As it stands in the file. */
  get text(): string {
    return this.source.slice(this.from, this.to);
  }

  /** All its cells; null = it cannot be read. */
  get cells(): readonly string[] | null {
    if (!this.shape) return this.cut;
    const { delimiter, fields } = this.shape;
    const { text } = this;
    return fields ? fields.map(([first, length]) => text.slice(first - 1, first - 1 + length)) : text.split(delimiter);
  }
}

/** A row of cells that are there already, or of a line that cannot be read. */
export const rowOf = (line: number, text: string, cut: readonly string[] | null, fault: string): Row =>
  new Row(line, { source: text, from: 0, to: text.length }, null, cut, fault);

/** A quoted cell may span this many lines; a quote that stays open longer is a damaged one. */
const LINES_MAX = 50;
/** Characters of a line; what is longer is no line but damage, and is not held. */
const LINE_LENGTH_MAX = 1024 * 1024;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
/** Behind every text. */
const NOWHERE = 0x3fffffff;

/** Cuts a text that comes piece by piece. Where the pieces end makes no difference to the rows. */
export class RowCutter {
  readonly #shape: Shape;
  /** What has come; from `#at` on it was not given as rows yet. */
  #text = '';
  #at = 0;
  /** Line of the file that begins at `#at`. */
  #line = 1;
  #last = false;
  /** Where the line looked at last ends, and where the next begins. */
  #end = 0;
  #next = 0;
  /** Where the next quote stands; behind the text = there is none. */
  #quote = -1;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** The next piece of the text, or its end. All complete rows of what came before must have been taken. */
  push(text: string, last: boolean): void {
    const rest = this.#text.slice(this.#at);
    this.#text = rest === '' ? text : rest + text;
    this.#at = 0;
    this.#quote = -1;
    this.#last = last;
  }

  /** The next row that is complete; undefined = more text is needed, or nothing is left. Blank lines are passed over. */
  next(): Row | undefined {
    for (; this.#look(this.#at); this.#pass(1)) {
      const from = this.#at;
      const to = this.#end;
      const source = this.#text;
      if (isBlank(source, from, to)) continue;
      const line = this.#line;
      if (to - from > LINE_LENGTH_MAX) {
        this.#pass(1);
        return rowOf(line, source.slice(from, from + 1000), null, 'the line is too long');
      }
      if (!this.#shape.fields && this.#hasQuote(from, to)) return this.#quoted();
      this.#pass(1);
      return new Row(line, { source, from, to }, this.#shape);
    }
    return undefined;
  }

  /** All further rows that are complete. */
  rows(): Row[] {
    const rows: Row[] = [];
    for (let row = this.next(); row; row = this.next()) rows.push(row);
    return rows;
  }

  /** Finds the ends of the line that begins here; false = it has none yet. */
  #look(from: number): boolean {
    const text = this.#text;
    const end = text.indexOf(this.#shape.lineEnd, from);
    if (end === -1) {
      if (!this.#last || from >= text.length) return this.#hold(from);
      this.#end = this.#next = text.length;
    } else {
      this.#end = end;
      this.#next = end + 1;
    }
    if (this.#end > from && text.charCodeAt(this.#end - 1) === CARRIAGE_RETURN) this.#end -= 1;
    return true;
  }

  /** Of a line without end only as much is held as shows that it is too long. */
  #hold(from: number): false {
    const most = from + LINE_LENGTH_MAX + 1;
    if (this.#text.length > most) this.#text = this.#text.slice(0, most);
    return false;
  }

  /** Goes on behind the line looked at last, which is so many lines further. */
  #pass(lines: number): void {
    this.#at = this.#next;
    this.#line += lines;
  }

  #hasQuote(from: number, to: number): boolean {
    if (this.#quote < from) {
      const quote = this.#text.indexOf('"', from);
      this.#quote = quote === -1 ? NOWHERE : quote;
    }
    return this.#quote < to;
  }

  /**
   * The row with quotes that begins here, with the further lines it takes while a quote is open; they stay lines of their own
   * when they do not belong to it. Undefined = the text that has come does not tell yet.
   */
  #quoted(): Row | undefined {
    const line = this.#line;
    const first = this.#text.slice(this.#at, this.#end);
    const behindFirst = this.#next;
    let text = first;
    let further = 0;
    let open = oddQuotes(first);
    while (open && further < LINES_MAX) {
      const from = this.#next;
      if (!this.#look(from)) {
        if (!this.#last) return undefined;
        break;
      }
      further++;
      const more = this.#text.slice(from, this.#end);
      text += `\n${more}`;
      if (oddQuotes(more)) open = false;
    }
    const whole = open ? null : splitQuoted(text, this.#shape, further > 0);
    if (whole) {
      this.#pass(1 + further);
      return rowOf(line, text, whole, '');
    }
    this.#next = behindFirst;
    this.#pass(1);
    const cells = splitQuoted(first, this.#shape, false);
    return rowOf(line, first, cells, cells ? '' : 'the quotes of the line cannot be read');
  }
}

/** The rows of a whole text. */
export function readRows(text: string, shape: Omit<Shape, 'lineEnd'>): Row[] {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  const cutter = new RowCutter({ ...shape, lineEnd });
  cutter.push(text, true);
  return cutter.rows();
}

/** Most lines begin with a sign: these are not trimmed to see that they are not blank. */
function isBlank(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from);
  return from === to || ((code <= 32 || code >= 127) && text.slice(from, to).trim() === '');
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
    const isQuoted = text.charCodeAt(at) === QUOTE;
    const end = isQuoted ? quotedEnd(text, at) : plainEnd(text, at, delimiter);
    if (end === -1 || (end < text.length && !text.startsWith(delimiter, end))) return null;
    const cell = isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end);
    if (isQuoted) cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell);
    else if (severalLines && (cell.includes('"') || cell.includes('\n'))) return null;
    else cells.push(cell);
    at = end;
    if (at === text.length) return severalLines && width > 0 && cells.length !== width ? null : cells;
  }
}

/** Behind the closing quote of the cell that opens at `at`; -1 = it stays open. */
function quotedEnd(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote !== -1 && text.charCodeAt(quote + 1) === QUOTE) quote = text.indexOf('"', quote + 2);
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
