/**
 * Rows of binary COPY, written straight into bytes: as strings each value and each line would be garbage soon, and collecting
 * that takes as long as the writing. Binary, because the database takes little more than half as long for it as for text:
 * dates, instants and decimals need no parsing there.
 */
import { hash } from 'node:crypto';
import { dayOf, decimalRoom, NOT_ONE, putDecimal, timeOf } from './binary-values.ts';

const CHUNK_BYTES = 64 * 1024;
/** A chunk is handed on once it holds this much: the rest of it is room for the next line. */
const FULL_BYTES = 56 * 1024;
/** UTF-8 takes at most three bytes for a unit of a string. */
const WIDEST = 3;
const LAST_ASCII = 127;

/** What a copy begins with: signature, flags, length of an extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Before each line stands the number of its values, before each value its length, instead of them these. */
const [COUNT, LENGTH, NO_MORE, ABSENT] = [2, 4, -1, -1];
const TEXT_TYPE = 25;
const JSONB_VERSION = '\u0001';
const UUID_BYTES = 16;
/** Microseconds of a day are 20 times 2^32 and this. */
const [DAY_HIGH, DAY_LOW, WORD] = [20, 500_654_080, 2 ** 32];

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * Values are written one by one in the order of the columns; `endLine` makes a line of them. A text that is no value of its
 * type is written in a form that the database refuses, as it would refuse the text.
 */
export class CopyBinary {
  readonly #columns: number;
  #bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  #view = viewOf(this.#bytes);
  #at: number;

  /** One COPY into so many columns. */
  constructor(columns: number) {
    this.#columns = columns;
    this.#at = HEADER.copy(this.#bytes);
    this.#beginLine();
  }

  /** Where the next value will stand in the chunk. */
  get place(): number {
    return this.#at;
  }

  /** True when the chunk should be handed on. */
  get full(): boolean {
    return this.#at >= FULL_BYTES;
  }

  /** A text, any sign in it. */
  text(value: string): void {
    const { length } = value;
    this.#makeRoom(length * WIDEST);
    const bytes = this.#bytes;
    const start = this.#at + LENGTH;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code === 0 || code > LAST_ASCII) {
        this.#wide(value);
        return;
      }
      bytes[start + index] = code;
    }
    this.#view.setInt32(this.#at, length);
    this.#at = start + length;
  }

  /** A text that may be absent. */
  maybe(value: string | null): void {
    if (value === null) this.nothing();
    else this.text(value);
  }

  /** An absent value of any type. */
  nothing(): void {
    this.#makeRoom(0);
    this.#view.setInt32(this.#at, ABSENT);
    this.#at += LENGTH;
  }

  /** Texts as a text[]. */
  texts(values: readonly string[]): void {
    const place = this.#at;
    const filled = values.length > 0;
    this.#makeRoom(20);
    const view = this.#view;
    // Dimensions, absent elements, type; how many, counted from 1.
    view.setInt32(place + 4, filled ? 1 : 0);
    view.setInt32(place + 8, 0);
    view.setInt32(place + 12, TEXT_TYPE);
    view.setInt32(place + 16, values.length);
    view.setInt32(place + 20, 1);
    this.#at = place + (filled ? 24 : 16);
    for (const value of values) this.text(value);
    this.#view.setInt32(place, this.#at - place - LENGTH);
  }

  /** The text of a JSON value as a jsonb. */
  json(text: string): void {
    this.text(JSONB_VERSION + text);
  }

  /** An int that may be absent. */
  int(value: number | null): void {
    if (value === null) this.nothing();
    else if ((value | 0) === value) this.#word(value);
    else this.#refused(4, String(value));
  }

  /** A truth value. */
  truth(value: boolean): void {
    this.#makeRoom(1);
    this.#view.setInt32(this.#at, 1);
    this.#bytes[this.#at + LENGTH] = value ? 1 : 0;
    this.#at += LENGTH + 1;
  }

  /** A day (`YYYY-MM-DD`) that may be absent. */
  date(value: string | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    const day = value.length === 10 ? dayOf(value) : NOT_ONE;
    if (day === NOT_ONE) this.#refused(4, value);
    else this.#word(day);
  }

  /** An instant (`2026-03-02T15:04:05.000Z`) that may be absent. */
  instant(value: string | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    const day = dayOf(value);
    const time = timeOf(value);
    if (day === NOT_ONE || time === NOT_ONE) {
      this.#refused(8, value);
      return;
    }
    this.#makeRoom(8);
    // In two words: a number would not hold the microseconds of every year.
    const low = day * DAY_LOW + time;
    const carried = Math.floor(low / WORD);
    this.#view.setInt32(this.#at, 8);
    this.#view.setInt32(this.#at + 4, day * DAY_HIGH + carried);
    this.#view.setUint32(this.#at + 8, low - carried * WORD);
    this.#at += LENGTH + 8;
  }

  /** An exact decimal (`-12.50`) that may be absent; the database rounds it to the scale of its column. */
  decimal(value: string | null): void {
    if (value === null) {
      this.nothing();
      return;
    }
    this.#makeRoom(decimalRoom(value));
    const length = putDecimal(this.#view, this.#at + LENGTH, value);
    if (length === NOT_ONE) {
      this.#refused(8, value);
      return;
    }
    this.#view.setInt32(this.#at, length);
    this.#at += LENGTH + length;
  }

  /** A uuid: the first ten bytes of one, and its last six as a number. */
  uuid(first: Uint8Array, last: number): void {
    const start = this.#uuid();
    for (let index = 0; index < 10; index += 1) this.#bytes[start + index] = first[index] ?? 0;
    this.#view.setUint16(start + 10, Math.floor(last / WORD));
    this.#view.setUint32(start + 12, last % WORD);
  }

  /** A uuid of which each sign of a text is one byte: half a `digestFrom`. */
  uuidOf(signs: string): void {
    const start = this.#uuid();
    for (let index = 0; index < UUID_BYTES; index += 1) this.#bytes[start + index] = signs.charCodeAt(index);
  }

  /** The line is complete. */
  endLine(): void {
    this.#beginLine();
  }

  /** SHA-256 of what was written from a place on, each sign one byte. */
  digestFrom(place: number): string {
    return hash('sha256', this.#bytes.subarray(place, this.#at), 'binary');
  }

  /** Takes back what was written from a place on. */
  backTo(place: number): void {
    this.#at = place;
  }

  /** The lines written so far; writing goes on in a new chunk. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#at - COUNT);
    this.#bytes = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#view = viewOf(this.#bytes);
    this.#at = 0;
    this.#beginLine();
    return lines;
  }

  /** The lines written last, and the end of the copy. */
  end(): Uint8Array {
    this.#view.setInt16(this.#at - COUNT, NO_MORE);
    return this.#bytes.subarray(0, this.#at);
  }

  /** What stands before the first value of the next line. */
  #beginLine(): void {
    this.#makeRoom(0);
    this.#view.setInt16(this.#at, this.#columns);
    this.#at += COUNT;
  }

  #word(value: number): void {
    this.#makeRoom(4);
    this.#view.setInt32(this.#at, 4);
    this.#view.setInt32(this.#at + LENGTH, value);
    this.#at += LENGTH + 4;
  }

  /** Offset of the bytes of a uuid. */
  #uuid(): number {
    this.#makeRoom(UUID_BYTES);
    this.#view.setInt32(this.#at, UUID_BYTES);
    this.#at += LENGTH + UUID_BYTES;
    return this.#at - UUID_BYTES;
  }

  /** PostgreSQL stores no NUL; half a surrogate pair becomes U+FFFD where the text is encoded. */
  #wide(value: string): void {
    const length = this.#bytes.write(value.replaceAll('\0', '\uFFFD'), this.#at + LENGTH, 'utf8');
    this.#view.setInt32(this.#at, length);
    this.#at += LENGTH + length;
  }

  /** Longer than its type is: zeros, which are a value of it, and the text behind them, by which such values still differ. */
  #refused(width: number, value: string): void {
    const place = this.#at;
    this.#makeRoom(width);
    this.#at += LENGTH + width;
    this.#bytes.fill(0, place + LENGTH, this.#at);
    this.text(value);
    this.#view.setInt32(place, this.#at - place - LENGTH);
  }

  /** For a length and so many bytes of a value. */
  #makeRoom(length: number): void {
    const needed = this.#at + LENGTH + length;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}
