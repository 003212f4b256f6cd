/**
 * Rows of COPY text, written straight into bytes: as strings each value and each line would be garbage soon, and collecting
 * that takes as long as the writing.
 */
import { hash } from 'node:crypto';

const CHUNK_BYTES = 64 * 1024;
/** A chunk is handed on once it holds this much: the rest of it is room for the next line. */
const FULL_BYTES = 56 * 1024;
/** UTF-8 takes at most three bytes for a unit of a string. */
const WIDEST = 3;

const [TAB, NEW_LINE, BACKSLASH, SPACE, TILDE] = [9, 10, 92, 32, 126];
const SPECIALS = /[\\\t\n\r\0]/g;
/** PostgreSQL stores no NUL; half a surrogate pair becomes U+FFFD where the text is encoded. */
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\uFFFD' };

/** Values are written one by one, each with the tab behind it; `endLine` makes a line of them. */
export class CopyText {
  #bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  #at = 0;

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
    this.#makeRoom(length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code < SPACE || code > TILDE || code === BACKSLASH) {
        this.#escaped(value);
        return;
      }
      bytes[at] = code;
      at += 1;
    }
    bytes[at] = TAB;
    this.#at = at + 1;
  }

  /** A text that may be absent. */
  maybe(value: string | null): void {
    if (value === null) this.nothing();
    else this.text(value);
  }

  /** A number that may be absent. */
  number(value: number | null): void {
    if (value === null) this.nothing();
    else this.text(String(value));
  }

  /** An absent value. */
  nothing(): void {
    this.#makeRoom(2);
    this.#bytes[this.#at] = BACKSLASH;
    this.#bytes[this.#at + 1] = 0x4e;
    this.#bytes[this.#at + 2] = TAB;
    this.#at += 3;
  }

  /** The line is complete. */
  endLine(): void {
    this.#bytes[this.#at - 1] = NEW_LINE;
  }

  /** SHA-256 in hex of what was written from a place on. */
  digestFrom(place: number): string {
    return hash('sha256', this.#bytes.subarray(place, this.#at), 'hex');
  }

  /** Takes back what was written from a place on. */
  backTo(place: number): void {
    this.#at = place;
  }

  /** The lines written so far; writing goes on in a new chunk. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#at = 0;
    return lines;
  }

  #escaped(value: string): void {
    const escaped = value.replaceAll(SPECIALS, (sign) => ESCAPED[sign] ?? sign);
    this.#makeRoom(escaped.length);
    this.#at += this.#bytes.write(escaped, this.#at, 'utf8');
    this.#bytes[this.#at] = TAB;
    this.#at += 1;
  }

  #makeRoom(length: number): void {
    const needed = this.#at + length * WIDEST + 1;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
