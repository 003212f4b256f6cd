/**
 * What was made of short texts before. A file says the same over and over (pharmacies, payers, days, prices of a prescription):
 * a text that was read is found again by its characters where it lies, so that it is neither cut out nor read nor held twice.
 */

/** Texts that are remembered; one more takes the place of another. */
const PLACES = 1024;
/** Longer texts seldom come again, and a part of a text that long would hold the whole of it. */
const LENGTH_MAX = 12;
/** A column that hardly repeats itself is not asked any more: a text that is found saves about three that are not. */
const CREDIT = 300;
const FOUND = 3;

/** Readings of one column. */
export class Memo<T> {
  readonly #texts: (string | undefined)[] = Array.from({ length: PLACES });
  readonly #values: (T | undefined)[] = Array.from({ length: PLACES });
  #credit = CREDIT;
  #place = -1;

  /** What was made of this part of a text; undefined = not remembered. */
  find(source: string, from: number, to: number): T | undefined {
    const length = to - from;
    if (length > LENGTH_MAX || this.#credit < 0) {
      this.#place = -1;
      return undefined;
    }
    let hash = length;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ source.charCodeAt(at), 0x01000193);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    this.#place = place;
    const known = this.#texts[place];
    if (known === undefined || known.length !== length) return this.#missed();
    for (let at = 0; at < length; at++)
      if (known.charCodeAt(at) !== source.charCodeAt(from + at)) return this.#missed();
    if (this.#credit < CREDIT) this.#credit += FOUND;
    return this.#values[place];
  }

  /** What is to be made of the text that was not found last. */
  keep(text: string, value: T): void {
    if (this.#place === -1) return;
    this.#texts[this.#place] = text;
    this.#values[this.#place] = value;
  }

  #missed(): undefined {
    this.#credit -= 1;
  }
}
