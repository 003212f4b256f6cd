/**
 * Splits delimited text (comma, tab, pipe) into lines of cells, piece by piece as the text comes, in linear time and bounded
 * memory. It is our own because a broken quote must cost its own line only, and because people need the physical line number
 * of a quoted cell with line breaks.
 */

/** Characters of a record or of a quoted cell; what is longer is no line but damage, and is not held. */
const LONGEST = 1024 * 1024;
/** So much of a record that is too long is shown. */
const SHOWN = 1000;

/** One record of the file. */
export interface DelimitedLine {
  /** Physical line where the record begins, from 1. */
  line: number;
  cells: string[];
  /** A quoted cell is never closed, or goes on after its closing quote: `cells` is then the raw line. */
  brokenQuote: boolean;
  /** The record is longer than any: `cells` is the beginning of its line. */
  tooLong: boolean;
  /** False for a last line without a line break: the file may have been cut off there. */
  terminated: boolean;
}

interface Piece {
  cells: string[];
  brokenQuote: boolean;
  /** The quote may be closed in text that has not come yet. */
  open: boolean;
  /** So far it is longer than any record. */
  long: boolean;
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

/** Offset of the quote that closes the cell opened at `open`; -1 = none within reach. Doubled quotes stand for themselves. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at - open > LONGEST ? -1 : at;
}

/**
 * Reads one record. A broken quote makes the physical line the record, so that the next line is read again by itself. That stays
 * linear: between an opening quote and the one that closes it all quotes are doubled, and a cell that begins there closes at once.
 */
function readRecord(text: string, start: number, delimiter: string, quoted: boolean): Piece {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    if (at - start > LONGEST) return { cells, brokenQuote: false, open: false, long: true, end: at };
    let end: number;
    if (quoted && text[at] === '"') {
      const close = closingQuote(text, at);
      end = close + 1;
      if (close < 0 || (end < text.length && text[end] !== delimiter && !isBreak(text, end))) {
        const lineEnd = endOfLine(text, start);
        const open = close < 0 && text.length - at <= LONGEST;
        const long = Math.max(end, lineEnd) - start > LONGEST;
        return { cells: [text.slice(start, lineEnd)], brokenQuote: true, open, long, end: lineEnd };
      }
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
    } else {
      end = at;
      while (end < text.length && text[end] !== delimiter && !isBreak(text, end)) end += 1;
      cells.push(text.slice(at, end));
    }
    if (text[end] !== delimiter) return { cells, brokenQuote: false, open: false, long: end - start > LONGEST, end };
    at = end + 1;
  }
}

/** Cuts a text that comes piece by piece; where the pieces end makes no difference to the lines. */
export class LineCutter {
  readonly #delimiter: string;
  readonly #quoted: boolean;
  #text = '';
  #line = 1;
  /** Inside a line that was too long: it is passed over up to its end. */
  #passing = false;

  /** `quoted` false = quotes are ordinary characters (the FDA's tab files). */
  constructor(delimiter: string, quoted: boolean) {
    this.#delimiter = delimiter;
    this.#quoted = quoted;
  }

  /** The lines that are complete with this piece of text; all that is left with the `last` one. */
  *cut(piece: string, last: boolean): Generator<DelimitedLine> {
    const text = this.#text + piece;
    let at = this.#passing ? this.#pass(text, 0, last) : 0;
    while (at < text.length) {
      const { cells, brokenQuote, open, long, end } = readRecord(text, at, this.#delimiter, this.#quoted);
      // The text so far does not tell where the record ends, or whether a line feed follows.
      const undecided = end >= text.length || open || (text[end] === '\r' && end + 1 === text.length);
      if (undecided && !last && !long) break;
      const line = this.#line;
      if (long) {
        // Only its first line is passed over: what follows may be sound.
        const shown = text.slice(at, Math.min(endOfLine(text, at), at + SHOWN));
        yield { line, cells: [shown], brokenQuote: false, tooLong: true, terminated: true };
        at = this.#pass(text, at, last);
        continue;
      }
      const terminated = end < text.length;
      yield { line, cells, brokenQuote, tooLong: false, terminated };
      this.#line += countBreaks(text, at, end) + 1;
      at = terminated ? afterBreak(text, end) : end;
    }
    this.#text = text.slice(at);
  }

  /** Offset behind the line that goes on at `at`; the whole text when its end has not come. */
  #pass(text: string, at: number, last: boolean): number {
    const end = endOfLine(text, at);
    const carriageReturn = text[end] === '\r' && end + 1 === text.length && !last;
    this.#passing = end === text.length || carriageReturn;
    if (this.#passing) return carriageReturn ? end : text.length;
    this.#line += 1;
    return afterBreak(text, end);
  }
}
