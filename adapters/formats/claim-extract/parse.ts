/**
 * A delimited text (RFC 4180) cut into rows of cells, with the line each row begins on. An own reader, because one damaged
 * quote must cost its own line and not the rest of the file; the test holds it against csv-parse on well-formed texts.
 */

/** One row; `cells` null = its quotes cannot be read. */
export interface Row {
  /** Line of the file, from 1, on which the row begins. */
  line: number;
  text: string;
  cells: string[] | null;
}

interface Line {
  number: number;
  text: string;
}

/** A quoted cell may span this many lines; a quote that stays open longer is a damaged one. */
const LINES_MAX = 50;

/** How rows are cut; `width` (columns of a row) is 0 until the header is read. */
export interface Shape {
  delimiter: string;
  width: number;
}

/** Lazily: the rows of a text. Blank lines are passed over. */
export function* readRows(text: string, shape: Shape): Generator<Row> {
  const lines = readLines(text);
  const pending: Line[] = [];
  const next = (): Line | undefined => {
    const { value, done } = lines.next();
    return done ? undefined : value;
  };
  for (;;) {
    const line = pending.shift() ?? next();
    if (!line) return;
    if (line.text.trim() === '') continue;
    if (!line.text.includes('"')) {
      yield { line: line.number, text: line.text, cells: line.text.split(shape.delimiter) };
      continue;
    }
    const { row, unused } = readQuoted(line, pending, next, shape);
    pending.splice(0, pending.length, ...unused);
    yield row;
  }
}

/** Takes further lines while a quote is open; gives them back when they do not belong to the row. */
function readQuoted(
  first: Line,
  pending: readonly Line[],
  next: () => Line | undefined,
  shape: Shape,
): { row: Row; unused: Line[] } {
  const taken = [...pending];
  let text = first.text;
  let used = 0;
  let open = oddQuotes(first.text);
  while (open && used < LINES_MAX) {
    const line = taken[used] ?? next();
    if (!line) break;
    if (used === taken.length) taken.push(line);
    used++;
    text += `\n${line.text}`;
    if (oddQuotes(line.text)) open = false;
  }
  const whole = open ? null : splitQuoted(text, shape, used > 0);
  if (whole) return { row: { line: first.number, text, cells: whole }, unused: taken.slice(used) };
  const cells = splitQuoted(first.text, shape, false);
  return { row: { line: first.number, text: first.text, cells }, unused: taken };
}

/**
 * The cells, or null when a quote does not end its cell. Several lines are one row only when every quote stands where the
 * standard wants it and the number of columns fits: else two damaged quotes would swallow what is between them.
 */
function splitQuoted(text: string, { delimiter, width }: Shape, severalLines: boolean): string[] | null {
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

function* readLines(text: string): Generator<Line, undefined> {
  const end = text.includes('\n') ? '\n' : '\r';
  let number = 1;
  for (let start = 0; start < text.length; number++) {
    const stop = text.indexOf(end, start);
    const line = text.slice(start, stop === -1 ? text.length : stop);
    yield { number, text: line.endsWith('\r') ? line.slice(0, -1) : line };
    if (stop === -1) return undefined;
    start = stop + 1;
  }
  return undefined;
}
