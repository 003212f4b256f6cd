/** The trailer of a declared file: looked for before anything is read (12.19), and held against what was read at the end. */
import { Decimal } from 'decimal.js';
import { HeldPayload, type Parsed, type Source } from '../../contract.ts';
import { recordError } from './cells.ts';
import type { ExtractOptions } from './options.ts';
import { textAt, type Trailer } from './options-shape.ts';
import { LINE_FEED, unitsOf, widthOf } from './rows.ts';
import { readMoney } from './values.ts';

/** Where the declared trailer is looked for. */
const TAIL_BYTES = 1024 * 1024;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
/** A DOS end of file: no line. */
const DOS_END = 26;

/** The last line that is not blank, and where it begins. */
export async function findTrailer(source: Source, encoding: string): Promise<{ start: number; text: string }> {
  const width = widthOf(encoding);
  const from = Math.max(0, source.size - (source.size % width) - TAIL_BYTES);
  const bytes = await source.read(from, source.size);
  const unit = unitsOf(bytes, encoding);
  let end = Math.floor(bytes.length / width);
  while (end > 0 && (unit(end - 1) <= BLANK || unit(end - 1) === DOS_END)) end--;
  let start = end;
  while (start > 0 && unit(start - 1) !== LINE_FEED && unit(start - 1) !== CARRIAGE_RETURN) start--;
  const text = new TextDecoder(encoding).decode(bytes.subarray(start * width, end * width));
  return { start: from + start * width, text };
}

const isCount = (text: string): boolean => /^\d{1,12}$/.test(text);

/**
 * Without a prefix only its count tells a trailer from a record.
 * @throws HeldPayload when the line is no trailer.
 */
export function checkTrailerLine(line: string, trailer: Trailer, columns: readonly string[], delimiter: string): void {
  const begins = line.replace(/^"/, '').startsWith(trailer.prefix);
  if (!begins || (trailer.prefix === '' && !isCount(textAt(line, trailer.count, columns, delimiter))))
    throw new HeldPayload('last line', 'trailer', 'the declared trailer line is missing');
}

/** What the trailer's count and totals are held against. */
export class Tally {
  /** Rows that are claims. */
  records = 0;
  /** All other lines but the trailer: header, titles, other kinds of records. */
  others = 0;
  readonly #trailer: Trailer;
  readonly #sums: Decimal[];

  constructor(trailer: Trailer) {
    this.#trailer = trailer;
    this.#sums = trailer.totals.map(() => new Decimal(0));
  }

  /** Adds the columns that the trailer states totals of. */
  add(sent: (column: string) => string): void {
    for (const [index, { of }] of this.#trailer.totals.entries()) {
      const amount = readMoney(sent(of));
      if (amount !== undefined) this.#sums[index] = this.#sums[index]?.plus(amount) ?? new Decimal(amount);
    }
  }

  /** One unit for each statement of the trailer that does not fit. */
  *check(line: string, columns: readonly string[], { delimiter }: ExtractOptions): Generator<Parsed> {
    const { count, countsAllLines, totals } = this.#trailer;
    const found = this.records + (countsAllLines ? this.others + 1 : 0);
    const stated = textAt(line, count, columns, delimiter);
    if (!isCount(stated) || Number(stated) !== found)
      yield unit('trailer', `the count does not fit: ${found} found`, stated);
    for (const [index, { in: place, of }] of totals.entries()) {
      const total = textAt(line, place, columns, delimiter);
      const amount = readMoney(total);
      const sum = this.#sums[index] ?? new Decimal(0);
      if (amount === undefined || !sum.equals(amount))
        yield unit(`trailer total of ${of}`, `the total does not fit: the rows add up to ${sum.toFixed(2)}`, total);
    }
  }
}

const unit = (position: string, message: string, original: string): Parsed => ({
  position,
  records: [],
  errors: [recordError('trailer', message, original)],
});
