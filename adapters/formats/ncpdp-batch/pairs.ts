/**
 * Where the requests and responses of a file stand, by batch number and 880-K5 reference (12.14). Some fifty bytes for each in
 * flat arrays: of a file of any size this is all that is held, the transmissions themselves are read again where they stand.
 */

/** Batch number and reference, padded with blanks. */
const BATCH_BYTES = 7;
const KEY_BYTES = 17;
const PAGE = 1 << 14;
const BLANK = 0x20;
/** In place of a number of transactions: not known yet; a response of which nothing is left to be read. */
const UNKNOWN = 255;
const SETTLED = 254;

/** What a transmission is. */
export type Kind = 'request' | 'response';

/** A reference as it stands in the file. */
export interface Place {
  bytes: Uint8Array;
  from: number;
  to: number;
}

interface Page {
  keys: Uint8Array;
  kinds: Uint8Array;
  offsets: Float64Array;
  lengths: Uint32Array;
  tests: Uint8Array;
  transactions: Uint8Array;
}

const newPage = (): Page => ({
  keys: new Uint8Array(PAGE * KEY_BYTES),
  kinds: new Uint8Array(PAGE),
  offsets: new Float64Array(PAGE),
  lengths: new Uint32Array(PAGE),
  tests: new Uint8Array(PAGE),
  transactions: new Uint8Array(PAGE).fill(UNKNOWN),
});

/** The first transmission of each kind under each key. */
export class PairIndex {
  readonly #pages: Page[] = [];
  #size = 0;
  /** Open addressing: number of an entry plus one; 0 = free. */
  #slots = new Uint32Array(1 << 10);
  readonly #key = new Uint8Array(KEY_BYTES);
  #hash = 0;
  /** Of each kind: the entry found last, and how far it lies behind the one before. Files have an order, and mostly the same. */
  readonly #found = [-1, -1];
  readonly #stride = [1, 1];

  /** The batch that the keys asked for next belong to; surrounding blanks mean nothing. */
  inBatch(batchId: string): void {
    this.#key.fill(BLANK, 0, BATCH_BYTES);
    for (let at = 0; at < Math.min(batchId.length, BATCH_BYTES); at += 1) this.#key[at] = batchId.charCodeAt(at);
  }

  /** Notes a transmission; the first of its kind under a key counts. */
  add(kind: Kind, reference: Place, at: { offset: number; length: number; isTest: boolean }): void {
    this.#setReference(reference);
    this.#hash = hashOf(this.#key, 0);
    const slot = this.#slotOf(kind === 'request' ? 0 : 1);
    if (this.#slots[slot] !== 0) return;
    const [page, n] = this.#place(this.#size);
    page.keys.set(this.#key, n * KEY_BYTES);
    page.kinds[n] = kind === 'request' ? 0 : 1;
    page.offsets[n] = at.offset;
    page.lengths[n] = at.length;
    page.tests[n] = at.isTest ? 1 : 0;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size * 2 > this.#slots.length) this.#grow();
  }

  /** The entry of a kind under a key; -1 = none. */
  find(kind: Kind, reference: Place): number {
    const number = kind === 'request' ? 0 : 1;
    this.#setReference(reference);
    const last = this.#found[number] ?? -1;
    const next = last + (this.#stride[number] ?? 1);
    if (next >= 0 && next < this.#size && this.#holds(next, number)) return (this.#found[number] = next);
    this.#hash = hashOf(this.#key, 0);
    const entry = (this.#slots[this.#slotOf(number)] ?? 0) - 1;
    if (entry === -1) return -1;
    this.#stride[number] = entry - last;
    return (this.#found[number] = entry);
  }

  /** Where the transmission of an entry begins. */
  offsetOf(entry: number): number {
    const [page, n] = this.#place(entry);
    return page.offsets[n] ?? 0;
  }

  /** Its bytes. */
  lengthOf(entry: number): number {
    const [page, n] = this.#place(entry);
    return page.lengths[n] ?? 0;
  }

  /** Whether its run is of type T. */
  isTest(entry: number): boolean {
    const [page, n] = this.#place(entry);
    return page.tests[n] === 1;
  }

  /** How many transactions it has, once that was told; undefined before. */
  transactionsOf(entry: number): number | undefined {
    const [page, n] = this.#place(entry);
    const known = page.transactions[n] ?? UNKNOWN;
    return known === UNKNOWN ? undefined : known;
  }

  /** Tells how many transactions it has (fewer than 254). */
  tellTransactions(entry: number, count: number): void {
    const [page, n] = this.#place(entry);
    page.transactions[n] = count;
  }

  /** Whether a response says nothing but what its request took. */
  isSettled(entry: number): boolean {
    return this.transactionsOf(entry) === SETTLED;
  }

  /** Tells that it does not. */
  settle(entry: number): void {
    this.tellTransactions(entry, SETTLED);
  }

  #place(entry: number): [Page, number] {
    const number = entry >>> 14;
    const page = this.#pages[number] ?? (this.#pages[number] = newPage());
    return [page, entry & (PAGE - 1)];
  }

  #setReference({ bytes, from: start, to: end }: Place): void {
    const key = this.#key;
    let from = start;
    while (from < end && (bytes[from] ?? 0) <= BLANK) from += 1;
    for (let at = BATCH_BYTES; at < KEY_BYTES; at += 1, from += 1) {
      const byte = from < end ? (bytes[from] ?? BLANK) : BLANK;
      key[at] = byte < BLANK ? BLANK : byte;
    }
  }

  /** The slot of the key that is set: with its entry, or free. */
  #slotOf(kind: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (this.#hash ^ (kind * 0x5bd1e995)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry === -1 || this.#holds(entry, kind)) return slot;
    }
  }

  #holds(entry: number, kind: number): boolean {
    const [page, n] = this.#place(entry);
    if (page.kinds[n] !== kind) return false;
    const from = n * KEY_BYTES;
    for (let at = 0; at < KEY_BYTES; at += 1) if (page.keys[from + at] !== this.#key[at]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.#size; entry += 1) {
      const [page, n] = this.#place(entry);
      let slot = (hashOf(page.keys, n * KEY_BYTES) ^ ((page.kinds[n] ?? 0) * 0x5bd1e995)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = entry + 1;
    }
  }
}

/** The hash of the key that begins here. */
function hashOf(keys: Uint8Array, from: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + KEY_BYTES; at += 1) hash = Math.imul(hash ^ (keys[at] ?? 0), 0x01000193);
  return mixed(hash);
}

/** Spreads a hash over all its bits: the lower ones choose the slot. */
const mixed = (hash: number): number => {
  const half = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (half ^ (half >>> 13)) >>> 0;
};
