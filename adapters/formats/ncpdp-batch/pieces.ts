/**
 * Cuts the bytes of a file at a mark (the record start 0x02, a line feed, or what stands for it as text) while they come, and
 * holds no more of them than the piece that is not over. A cursor, not a list: a file has millions of pieces.
 */

import { isAscii } from 'node:buffer';

/** Bytes of a piece; what is longer is no record but damage, and only its beginning is held. */
export const LONGEST_PIECE = 1024 * 1024;

/** A mark as it is searched: a byte is found faster than a sequence of one. */
export const searched = (mark: Buffer): Buffer | number => (mark.length === 1 ? mark.readUInt8(0) : mark);

/** Steps are not all as long, since what is left of the one before differs. */
const SPARE_BYTES = 4096;

/** The piece a cutter stands at lies in `bytes` from `from` to `to`, without the mark before it, until bytes are pushed. */
export class PieceCutter {
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  /** Place in the file: 0 = what stands before the first mark. */
  ordinal = -1;
  /** Where the piece begins in the file. */
  offset = 0;
  /** All bytes around the piece are ASCII; false = some may not be. */
  ascii = true;
  /** Only the beginning of the piece is there. */
  tooLong = false;
  readonly #mark: Buffer | number;
  readonly #markLength: number;
  #memory: Buffer = Buffer.alloc(0);
  /** Bytes that were not given out yet. */
  #rest: Buffer = Buffer.alloc(0);
  #restOffset = 0;
  /** Where the piece that is not over begins in `#rest`, and where the search for the mark goes on. */
  #start = 0;
  #search = 0;
  /** Beginning of a piece that is too long, and where it began. */
  #head: { bytes: Buffer; offset: number } | undefined;
  #ended = false;

  /** @param offset where the first bytes that are pushed stand in the file. */
  constructor(mark: Buffer, offset = 0) {
    this.#mark = searched(mark);
    this.#markLength = mark.length;
    this.#restOffset = offset;
  }

  /** The next bytes of the file. All pieces before must have been taken. */
  push(chunk: Uint8Array): void {
    // Of a piece that is too long, the beginning is kept, and what may be the beginning of a mark.
    if (!this.#head && this.#rest.length - this.#start > LONGEST_PIECE)
      this.#head = {
        bytes: Buffer.from(this.#rest.subarray(this.#start, this.#start + LONGEST_PIECE)),
        offset: this.#restOffset + this.#start,
      };
    if (this.#head) this.#start = Math.max(this.#start, this.#search);
    this.#restOffset += this.#start;
    this.#search = Math.max(0, this.#search - this.#start);
    this.#append(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#start = 0;
  }

  /** What is left of the bytes before, and the next behind it, in memory that is used again and again. */
  #append(bytes: Buffer): void {
    const left = this.#rest.subarray(this.#start);
    const length = left.length + bytes.length;
    const memory = this.#memory.length >= length ? this.#memory : Buffer.allocUnsafeSlow(length + SPARE_BYTES);
    left.copy(memory);
    bytes.copy(memory, left.length);
    this.#memory = memory;
    this.#rest = memory.subarray(0, length);
    this.ascii = isAscii(this.#rest);
  }

  /** Nothing follows. */
  end(): void {
    this.#ended = true;
  }

  /** Goes to the next complete piece; false = more bytes are needed, or none are left. */
  next(): boolean {
    const at = this.#rest.indexOf(this.#mark, this.#search);
    if (at === -1) {
      this.#search = Math.max(this.#start, this.#rest.length - this.#markLength + 1);
      if (!this.#ended) return false;
      this.#ended = false;
      this.#take(this.#rest.length);
      this.#rest = Buffer.alloc(0);
      return true;
    }
    this.#take(at);
    this.#start = this.#search = at + this.#markLength;
    return true;
  }

  #take(to: number): void {
    this.ordinal += 1;
    this.tooLong = this.#head !== undefined || to - this.#start > LONGEST_PIECE;
    this.bytes = this.#head?.bytes ?? this.#rest;
    this.from = this.#head ? 0 : this.#start;
    this.to = this.#head ? this.#head.bytes.length : Math.min(to, this.#start + LONGEST_PIECE);
    this.offset = this.#head?.offset ?? this.#restOffset + this.#start;
    if (this.#head) this.ascii = false;
    this.#head = undefined;
  }
}

/** Where a byte stands next in bytes that are walked through: looked for once, also where many pieces have none. */
export class NextByte {
  readonly #byte: number;
  #searched: Uint8Array | undefined;
  #from = 0;
  #found = 0;

  constructor(byte: number) {
    this.#byte = byte;
  }

  /** Whether it stands between two places, of which the first never goes back in the same bytes. */
  isWithin(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#searched !== bytes || this.#found < from || from < this.#from) {
      const found = bytes.indexOf(this.#byte, from);
      this.#found = found === -1 ? bytes.length : found;
      this.#searched = bytes;
      this.#from = from;
    }
    return this.#found < to;
  }
}
