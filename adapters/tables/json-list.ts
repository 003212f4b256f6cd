/**
 * The entries of one list of a JSON document, cut out piece by piece as the text comes: a document of any size is never held
 * whole. Only the structure is looked at here; each entry is given as its text, for `JSON.parse`.
 */

/** The document is not JSON, or has no such list. Never carries a value. */
export class NoJsonList extends Error {
  override readonly name = 'NoJsonList';
  readonly kind: 'SYNTAX' | 'NO_LIST';
  constructor(kind: 'SYNTAX' | 'NO_LIST', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An entry of a list is an object of a register, not a file of its own. */
const LONGEST_ENTRY = 16 * 1024 * 1024;

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const COMMA = 44;
const COLON = 58;

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const endsScalar = (code: number): boolean =>
  code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT || isBlank(code);

/** Offset of the quote that ends the string whose content goes on at `from`; -1 = not in this text. */
function closingQuote(text: string, from: number): number {
  let after = from;
  for (;;) {
    const quote = text.indexOf('"', after);
    if (quote < 0) return -1;
    let slashes = 0;
    while (quote - slashes > after && text.charCodeAt(quote - slashes - 1) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote;
    after = quote + 1;
  }
}

/** What is expected next. */
type Place =
  | 'DOCUMENT'
  | 'KEY_OR_END'
  | 'KEY'
  | 'COLON'
  | 'VALUE'
  | 'AFTER_VALUE'
  | 'ENTRY_OR_END'
  | 'ENTRY'
  | 'AFTER_ENTRY'
  | 'END';

/** Cuts the list that is the document itself, or stands under a key of it. */
export class JsonListCutter {
  readonly #key: string;
  #text = '';
  #at = 0;
  #place: Place = 'DOCUMENT';
  #inObject = false;
  #found = false;
  #lastKey = '';
  /** The value that is being walked through: where it begins, how deep, inside a string. */
  #start = -1;
  #depth = 0;
  #inString = false;
  /** The value goes on in the next piece. */
  #starved = false;
  /** Keys of the document that hold lists: what else it may be. */
  readonly listKeys = new Set<string>();

  constructor(key: string) {
    this.#key = key;
  }

  /** The texts of the entries that are complete with this piece. @throws NoJsonList. */
  *cut(text: string): Generator<string> {
    const from = this.#start >= 0 ? this.#start : this.#at;
    this.#text = this.#text.slice(from) + text;
    this.#at -= from;
    if (this.#start >= 0) this.#start = 0;
    this.#starved = false;
    while (this.#at < this.#text.length && !this.#starved) {
      const entry = this.#step();
      if (entry !== undefined) yield entry;
    }
    if (this.#start >= 0 && this.#text.length > LONGEST_ENTRY)
      throw new NoJsonList('SYNTAX', 'an entry of the list is far too long');
  }

  /** Nothing follows. @throws NoJsonList when the document is cut off or has no such list. */
  end(): void {
    if (this.#place !== 'END') throw new NoJsonList('SYNTAX', 'the file is not JSON; it may be cut off');
    if (!this.#found) throw new NoJsonList('NO_LIST', 'the document has no such list');
  }

  /** One step through the text; an entry when it is complete. */
  #step(): string | undefined {
    if (this.#start >= 0) return this.#walk();
    const code = this.#text.charCodeAt(this.#at);
    if (isBlank(code)) {
      this.#at += 1;
      return undefined;
    }
    switch (this.#place) {
      case 'DOCUMENT':
        return this.#document(code);
      case 'KEY_OR_END':
        if (code === CLOSE_OBJECT) return this.#move('END');
        return this.#beginKey(code);
      case 'KEY':
        return this.#beginKey(code);
      case 'COLON':
        return code === COLON ? this.#move('VALUE') : this.#fail();
      case 'VALUE':
        return this.#value(code);
      case 'AFTER_VALUE':
        if (code === CLOSE_OBJECT) return this.#move('END');
        return code === COMMA ? this.#move('KEY') : this.#fail();
      case 'ENTRY_OR_END':
        if (code === CLOSE_LIST) return this.#endList();
        return this.#begin(code);
      case 'ENTRY':
        return this.#begin(code);
      case 'AFTER_ENTRY':
        if (code === CLOSE_LIST) return this.#endList();
        return code === COMMA ? this.#move('ENTRY') : this.#fail();
      case 'END':
        return this.#fail();
    }
  }

  #move(place: Place): undefined {
    this.#place = place;
    this.#at += 1;
  }

  #fail(): never {
    throw new NoJsonList('SYNTAX', 'the file is not JSON; it may be cut off');
  }

  #document(code: number): undefined {
    this.#inObject = code === OPEN_OBJECT;
    if (code === OPEN_OBJECT) return this.#move('KEY_OR_END');
    if (code !== OPEN_LIST) this.#fail();
    this.#found = true;
    return this.#move('ENTRY_OR_END');
  }

  #endList(): undefined {
    this.#move(this.#inObject ? 'AFTER_VALUE' : 'END');
  }

  #beginKey(code: number): undefined {
    if (code !== QUOTE) this.#fail();
    this.#place = 'KEY';
    return this.#begin(code);
  }

  #value(code: number): undefined {
    if (code === OPEN_LIST) this.listKeys.add(this.#lastKey);
    if (this.#lastKey !== this.#key || code !== OPEN_LIST) return this.#begin(code);
    // JSON.parse would take the last of two; here they would be one list.
    if (this.#found) throw new NoJsonList('SYNTAX', 'the list stands twice');
    this.#found = true;
    return this.#move('ENTRY_OR_END');
  }

  #begin(code: number): undefined {
    if (endsScalar(code)) this.#fail();
    this.#start = this.#at;
    this.#depth = 0;
    this.#inString = false;
  }

  /** Through the value that began at `#start`; the whole text of it when it ends, if it is an entry. */
  #walk(): string | undefined {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length) {
      if (this.#inString) {
        const quote = closingQuote(text, at);
        if (quote < 0) return this.#starve(at);
        this.#inString = false;
        at = quote + 1;
        if (this.#depth === 0) return this.#complete(at);
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#depth += 1;
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        // Of a number or a word, the bracket that ends it belongs to what holds it.
        if (this.#depth === 0) return this.#complete(at);
        this.#depth -= 1;
        if (this.#depth === 0) return this.#complete(at + 1);
      } else if (this.#depth === 0 && endsScalar(code)) return this.#complete(at);
      at += 1;
    }
    return this.#starve(at);
  }

  #starve(at: number): undefined {
    this.#at = at;
    this.#starved = true;
  }

  #complete(end: number): string | undefined {
    const value = this.#text.slice(this.#start, end);
    this.#start = -1;
    this.#at = end;
    if (this.#place === 'KEY') {
      this.#lastKey = keyOf(value);
      this.#place = 'COLON';
      return undefined;
    }
    if (this.#place === 'VALUE') {
      keyOf(value);
      this.#place = 'AFTER_VALUE';
      return undefined;
    }
    this.#place = 'AFTER_ENTRY';
    return value;
  }
}

/** A key as text; also shows that a value which is passed over is JSON. */
function keyOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : '';
  } catch {
    throw new NoJsonList('SYNTAX', 'the file is not JSON; it may be cut off');
  }
}
