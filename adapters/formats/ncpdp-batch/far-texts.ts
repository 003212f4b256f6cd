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
  #wanted = new Set<number>();
  readonly #meant: Meant;
  #texts = new Map<number, string>();

  constructor(source: Source, pairs: PairIndex, meant: Meant) {
    this.#meant = meant;
    this.#source = source;
    this.#pairs = pairs;
  }

  /** `fetch` shall read it. */
  want(entry: number): void {
    if (this.#wanted.has(entry)) return;
    this.#wanted.add(entry);
    this.bytes += this.#pairs.lengthOf(entry);
  }

  /** Reads what is wanted. */
  async fetch(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const pairs = this.#pairs;
    const sorted = [...this.#wanted].sort((left, right) => pairs.offsetOf(left) - pairs.offsetOf(right));
    let range: number[] = [];
    let [from, to] = [0, 0];
    for (const entry of sorted) {
      const offset = pairs.offsetOf(entry);
      const end = offset + pairs.lengthOf(entry);
      if (range.length > 0 && (offset > to + GAP_BYTES || end > from + RANGE_BYTES)) {
        await this.#read(range, from, to);
        range = [];
      }
      if (range.length === 0) from = offset;
      range.push(entry);
      to = end;
    }
    await this.#read(range, from, to);
  }

  /** Wanted and fetched before. */
  textOf(entry: number): string {
    return this.#texts.get(entry) ?? '';
  }

  /** The texts are not needed any more. */
  forget(): void {
    if (this.#wanted.size === 0) return;
    this.#wanted = new Set();
    this.#texts = new Map();
    this.bytes = 0;
  }

  async #read(entries: readonly number[], from: number, to: number): Promise<void> {
    const read = await this.#source.read(from, to);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    const ascii = isAscii(bytes);
    for (const entry of entries) {
      const at = this.#pairs.offsetOf(entry) - from;
      const sent = bytes.toString('latin1', at, at + this.#pairs.lengthOf(entry));
      this.#texts.set(entry, this.#meant(sent, ascii));
    }
  }
}
