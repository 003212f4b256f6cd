/** Transmissions of a file that others need, by their entries in the pair index: wanted one by one, read together in order. */
import { isAscii } from 'node:buffer';
import type { Source } from '../../contract.ts';
import type { PairIndex } from './pairs.ts';

/** What lies between two of them is read along up to this many bytes: one read costs more. */
const GAP_BYTES = 32 * 1024;
const RANGE_BYTES = 256 * 1024;

/** The text that is meant by one that has a character for each byte. */
export type Meant = (sent: string, ascii: boolean) => string;

export class FarTexts {
  /** Bytes of what is wanted. */
  bytes = 0;
  readonly #source: Source;
  readonly #pairs: PairIndex;
  readonly #meant: Meant;
  /** What is wanted; '' = not read yet. */
  #texts = new Map<number, string>();

  constructor(source: Source, pairs: PairIndex, meant: Meant) {
    this.#meant = meant;
    this.#source = source;
    this.#pairs = pairs;
  }

  /** `fetch` shall read it. */
  want(entry: number): void {
    if (this.#texts.has(entry)) return;
    this.#texts.set(entry, '');
    this.bytes += this.#pairs.lengthOf(entry);
  }

  /** Reads what is wanted. */
  async fetch(): Promise<void> {
    if (this.#texts.size === 0) return;
    const pairs = this.#pairs;
    const entries = [...this.#texts.keys()];
    // Entries are numbered as they stand in the file.
    if (entries.some((entry, at) => entry < (entries[at - 1] ?? 0))) entries.sort((left, right) => left - right);
    let first = 0;
    let from = pairs.offsetOf(entries[0] ?? 0);
    let to = from;
    for (let at = 0; at < entries.length; at += 1) {
      const offset = pairs.offsetOf(entries[at] ?? 0);
      const end = offset + pairs.lengthOf(entries[at] ?? 0);
      if (at > first && (offset > to + GAP_BYTES || end > from + RANGE_BYTES)) {
        await this.#read(entries, first, at, from, to);
        first = at;
        from = offset;
      }
      to = end;
    }
    await this.#read(entries, first, entries.length, from, to);
  }

  /** Wanted and fetched before. */
  textOf(entry: number): string {
    return this.#texts.get(entry) ?? '';
  }

  /** The texts are not needed any more. */
  forget(): void {
    if (this.#texts.size === 0) return;
    this.#texts = new Map();
    this.bytes = 0;
  }

  /** Reads some of the entries, which lie between two places. */
  async #read(entries: readonly number[], first: number, last: number, from: number, to: number): Promise<void> {
    const read = await this.#source.read(from, to);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    const ascii = isAscii(bytes);
    for (let index = first; index < last; index += 1) {
      const entry = entries[index] ?? 0;
      const at = this.#pairs.offsetOf(entry) - from;
      const sent = bytes.toString('latin1', at, at + this.#pairs.lengthOf(entry));
      this.#texts.set(entry, this.#meant(sent, ascii));
    }
  }
}
