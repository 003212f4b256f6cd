/**
 * What was made of short texts before. A file says the same over and over (pharmacies, payers, days, prices of a prescription):
 * a text that was read is found again by its characters where it lies, so that it is neither cut out nor read nor held twice.
 */

/** Texts that are remembered: few at first, since most payloads are small. One more than those takes the place of another. */
const FEWEST = 32;
const MOST = 1024;
/** Numbers of a key: twelve characters of a byte each, and how many they are. */
const KEY = 4;
/** Longer texts seldom come again, and a part of a text that long would hold the whole of it. */
const LENGTH_MAX = 12;
/** A column that hardly repeats itself is not asked any more: a text that is found saves about three that are not. */
const CREDIT = 300;
const FOUND = 3;

/** The one place of who remembers nothing yet; it is never written to. */
const NO_KEYS = new Int32Array(KEY);

/** Readings of one column. */
export class Memo<T> {
  #places = 1;
  #keys = NO_KEYS;
  #values: (T | undefined)[] = [];
  /** Texts that were kept since there are so many places. */
  #kept = 1;
  #credit = CREDIT;
  /** Of the text looked for last: whether it is to be remembered, its hash and its key. */
  #missed = false;
  #hash = 0;
  #first = 0;
  #second = 0;
  #third = 0;
  #length = 0;

  /** What was made of this part of a text; undefined = not remembered. */
  find(source: string, from: number, to: number): T | undefined {
    this.#missed = false;
    const length = to - from;
    if (length > LENGTH_MAX || this.#credit < 0) return undefined;
    let first = 0;
    let second = 0;
    let third = 0;
    let all = 0;
    for (let at = from; at < to; at++) {
      const code = source.charCodeAt(at);
      all |= code;
      third = (third << 8) | (second >>> 24);
      second = (second << 8) | (first >>> 24);
      first = (first << 8) | code;
    }
    if (all > 255) return undefined;
    const product = Math.imul(first ^ Math.imul(second, 0x2c1b3c6d) ^ Math.imul(third, 0x297a2d39), 0x5bd1e995);
    const hash = product ^ (product >>> 15);
    const place = hash & (this.#places - 1);
    const keys = this.#keys;
    const at = place * KEY;
    // A length of 0 is a free place: counted from 1.
    if (keys[at] === first && keys[at + 1] === second && keys[at + 2] === third && keys[at + 3] === length + 1) {
      if (this.#credit < CREDIT) this.#credit += FOUND;
      return this.#values[place];
    }
    this.#credit -= 1;
    this.#missed = true;
    this.#hash = hash;
    this.#first = first;
    this.#second = second;
    this.#third = third;
    this.#length = length + 1;
    return undefined;
  }

  /** Remembers what was made of the text that was looked for last and not found. */
  keep(value: T): void {
    if (!this.#missed) return;
    this.#missed = false;
    if (this.#kept >= this.#places && this.#places < MOST) this.#enlarge();
    this.#kept += 1;
    const place = this.#hash & (this.#places - 1);
    const at = place * KEY;
    this.#keys[at] = this.#first;
    this.#keys[at + 1] = this.#second;
    this.#keys[at + 2] = this.#third;
    this.#keys[at + 3] = this.#length;
    this.#values[place] = value;
  }

  /** More places, and what was remembered is forgotten. */
  #enlarge(): void {
    this.#places = this.#places === 1 ? FEWEST : MOST;
    this.#keys = new Int32Array(this.#places * KEY);
    this.#values = Array.from({ length: this.#places });
    this.#kept = 0;
  }
}
