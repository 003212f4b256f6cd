/**
 * Splits delimited text (comma, tab, pipe) into lines of cells, lazily and in linear time. It is our own because a broken quote
 * must cost its own line only, and because people need the physical line number of a quoted cell with line breaks.
 */

/** One record of the file. */
export interface DelimitedLine {
  /** Physical line where the record begins, from 1. */
  line: number;
  cells: string[];
  /** A quoted cell is never closed, or goes on after its closing quote: `cells` is then the raw line. */
  brokenQuote: boolean;
  /** False for a last line without a line break: the file may have been cut off there. */
  terminated: boolean;
}

interface Piece {
  cells: string[];
  brokenQuote: boolean;
  /** Offset after the record's last cell, at its line break or the end. */
  end: number;
}

const isBreak = (text: string, at: number): boolean => text[at] === '\n' || text[at] === '\r';
const afterBreak = (text: string, at: number): number => (text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1);

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBreak(text, at)) at += 1;
  return at;
}

function countBreaks(text: string, from: number, to: number): number {
  let breaks = 0;
  for (let at = from; at < to; at += 1) {
    if (!isBreak(text, at)) continue;
    breaks += 1;
    at = afterBreak(text, at) - 1;
  }
  return breaks;
}

/** Offset of the quote that closes the cell opened at `open`; -1 = none. Doubled quotes stand for themselves. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/**
 * Reads one record. A broken quote makes the physical line the record, so that the next line is read again by itself. That stays
 * linear: between an opening quote and the one that closes it all quotes are doubled, and a cell that begins there closes at once.
 */
function readRecord(text: string, start: number, delimiter: string, quoted: boolean): Piece {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    let end: number;
    if (quoted && text[at] === '"') {
      const close = closingQuote(text, at);
      end = close + 1;
      if (close < 0 || (end < text.length && text[end] !== delimiter && !isBreak(text, end))) {
        const lineEnd = endOfLine(text, start);
        return { cells: [text.slice(start, lineEnd)], brokenQuote: true, end: lineEnd };
      }
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
    } else {
      end = at;
      while (end < text.length && text[end] !== delimiter && !isBreak(text, end)) end += 1;
      cells.push(text.slice(at, end));
    }
    if (text[end] !== delimiter) return { cells, brokenQuote: false, end };
    at = end + 1;
  }
}

/** All records of a text. `quoted` false = quotes are ordinary characters (the FDA's tab files). */
export function* delimitedLines(text: string, delimiter: string, quoted: boolean): Generator<DelimitedLine> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const { cells, brokenQuote, end } = readRecord(text, at, delimiter, quoted);
    const terminated = end < text.length;
    yield { line, cells, brokenQuote, terminated };
    line += countBreaks(text, at, end) + 1;
    at = terminated ? afterBreak(text, end) : end;
  }
}
