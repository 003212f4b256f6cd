/**
 * One Telecommunication D.0 transmission taken apart: fixed header, then segments of `id + value` fields. Knows the shape
 * only; `map.ts` knows what the fields mean. One pass over the text notes where the fields stand; most are never asked for, so
 * a value is cut out only when it is.
 */

/** Separators: before a segment, before a transaction, before a field. */
export const SEGMENT = '\u001E';
export const GROUP = '\u001D';
export const FIELD = '\u001C';
const SEGMENT_CODE = 0x1e;
const FIELD_CODE = 0x1c;

/** One field: its 2-character id and its value without padding. */
export interface Field {
  id: string;
  value: string;
}

const isPlain = (code: number): boolean => code > 32 && code < 127;

/** Two characters as one number. */
export const pairOf = (text: string, at = 0): number => (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);

/** Why a transmission cannot be read at all. */
export interface TransmissionFault {
  field: string;
  message: string;
}

const REQUEST_LENGTH = 56;
const RESPONSE_LENGTH = 31;
/** More than this is damage, not a transmission of one to four. */
const MOST_TRANSACTIONS = 99;

/** Request or response, by the fixed header. */
export function kindOf(text: string): 'request' | 'response' | TransmissionFault {
  if (text.startsWith('D0', 6)) return 'request';
  const status = text.charAt(5);
  if (text.startsWith('D0') && (status === 'A' || status === 'R')) return 'response';
  // F6 widens the BIN to 8 digits: with D.0 offsets every header field would be read from the wrong place.
  return text.startsWith('F6', 8) || text.startsWith('F6') ? F6 : NOT_D0;
}

const F6 = { field: '102-A2', message: 'Telecommunication version F6 is not read; version D.0 is expected' };
const NOT_D0 = { field: '102-A2', message: 'no Telecommunication D.0 header' };

/** Segments every transaction of a transmission shares: patient and insurance; message and insurance in a response. */
const SHARED = {
  request: new Set([pairOf('01'), pairOf('04')]),
  response: new Set([pairOf('20'), pairOf('25'), pairOf('29')]),
};
/** The segment that makes a transaction: claim, response status. */
const LEADING = { request: pairOf('07'), response: pairOf('21') };

/** In place of a segment's id: it does not begin with AMnn. */
export const UNNAMED = 0;
/** What follows AM is not two characters. */
const ODD = -1;
/** In place of a transaction: the segment belongs to all of them. */
const ALL = -1;
/** Numbers of a segment (its id, its transaction, the end of its fields) and of a field (its id, from, to). */
const WIDTH = 3;

/**
 * A transmission: up to four transactions that share a header and the segments before the first group separator. One object
 * reads one after the other.
 */
export class Transmission {
  kind: 'request' | 'response' = 'request';
  text = '';
  /** How many transactions it has. */
  transactions = 0;
  /** Where the value found last stands in the text. */
  from = 0;
  to = 0;
  #segments = new Int32Array(WIDTH * 32);
  #segmentCount = 0;
  #fields = new Int32Array(WIDTH * 128);
  #fieldCount = 0;

  /** Takes a text apart; a fault when its header cannot be read. */
  read(text: string): TransmissionFault | undefined {
    const kind = kindOf(text);
    if (typeof kind !== 'string') return kind;
    const separator = firstSeparator(text);
    if (kind === 'request' && separator < REQUEST_LENGTH)
      return { field: 'header', message: `the request header has ${separator} bytes, ${REQUEST_LENGTH} expected` };
    this.kind = kind;
    this.text = text;
    this.#segmentCount = 0;
    this.#fieldCount = 0;
    this.transactions = 0;
    this.#split(kind === 'request' ? REQUEST_LENGTH : Math.min(RESPONSE_LENGTH, separator));
    this.#separate(kind);
    if (this.transactions > MOST_TRANSACTIONS)
      return { field: '109-A9', message: `${this.transactions} transactions in one transmission` };
    return undefined;
  }

  /** 103-A3. */
  get code(): string {
    return this.kind === 'request' ? this.text.slice(8, 10) : this.text.slice(2, 4);
  }

  /** 109-A9 as stated. */
  get stated(): string {
    return this.text.charAt(this.kind === 'request' ? 20 : 4);
  }

  /** 501-F1 of a response: A accepted, R rejected as a whole. */
  get status(): string {
    return this.text.charAt(5);
  }

  /** Goes to a part of the text, without the blanks around it; false = there is nothing else. */
  goTo(from: number, to: number): boolean {
    const { text } = this;
    this.from = from;
    this.to = to;
    if (from >= to) return false;
    if (isPlain(text.charCodeAt(from)) && isPlain(text.charCodeAt(to - 1))) return true;
    const part = text.slice(from, to);
    this.from = from + part.length - part.trimStart().length;
    this.to = this.from + part.trim().length;
    return this.from < this.to;
  }

  /** The text gone to. */
  value(): string {
    return this.text.slice(this.from, this.to);
  }

  /** Goes to the first value of a field in the segments of a transaction with an id; false = it is absent. */
  find(transaction: number, segment: number, field: number): boolean {
    const segments = this.#segments;
    const fields = this.#fields;
    const end = this.#segmentCount * WIDTH;
    let first = 0;
    for (let at = 0; at < end; at += WIDTH) {
      const last = segments[at + 2] ?? 0;
      if (segments[at] === segment && this.#isOf(at, transaction))
        for (let one = first; one < last; one += WIDTH)
          if (fields[one] === field && this.goTo((fields[one + 1] ?? 0) + 2, fields[one + 2] ?? 0)) return true;
      first = last;
    }
    return false;
  }

  /** All fields of the segments of a transaction with an id, in order; `only` = those with an id. */
  fields(transaction: number, segment: number, only?: number): Field[] {
    const { text } = this;
    const segments = this.#segments;
    const fields = this.#fields;
    const found: Field[] = [];
    let first = 0;
    for (let at = 0; at < this.#segmentCount * WIDTH; at += WIDTH) {
      const last = segments[at + 2] ?? 0;
      if (segments[at] === segment && this.#isOf(at, transaction))
        for (let one = first; one < last; one += WIDTH) {
          if (only !== undefined && fields[one] !== only) continue;
          const from = fields[one + 1] ?? 0;
          const to = fields[one + 2] ?? 0;
          const value = this.goTo(from + 2, to) ? this.value() : '';
          found.push({ id: text.slice(from, Math.min(from + 2, to)), value });
        }
      first = last;
    }
    return found;
  }

  /** How many segments of a transaction have an id. */
  count(transaction: number, segment: number): number {
    let count = 0;
    for (let at = 0; at < this.#segmentCount * WIDTH; at += WIDTH)
      if (this.#segments[at] === segment && this.#isOf(at, transaction)) count += 1;
    return count;
  }

  #isOf(at: number, transaction: number): boolean {
    const owner = this.#segments[at + 1];
    return owner === ALL || owner === transaction;
  }

  /** Notes segments and fields. Blank parts (a line break before a separator) say nothing. */
  #split(start: number): void {
    const { text } = this;
    const end = text.length;
    let owner = ALL;
    let id = UNNAMED;
    let named = false;
    let fieldsBefore = 0;
    let from = start;
    let field = after(text, FIELD, start);
    let group = after(text, GROUP, start);
    let segment = after(text, SEGMENT, start);
    while (from <= end) {
      const at = Math.min(field, group, segment);
      if (at > from && !isBlank(text, from, at)) {
        if (!named && this.#fieldCount === fieldsBefore && pairOf(text, from) === AM) {
          id = this.#idAt(from + 2, at);
          named = true;
        } else this.#addField(from, at);
      }
      from = at + 1;
      if (at === field && at < end) {
        field = after(text, FIELD, from);
        continue;
      }
      if (named || this.#fieldCount > fieldsBefore) {
        // A group without segments is no transaction.
        if (owner !== ALL && owner === this.transactions) this.transactions += 1;
        this.#addSegment(id, owner);
        id = UNNAMED;
        named = false;
        fieldsBefore = this.#fieldCount;
      }
      if (at === segment) segment = after(text, SEGMENT, from);
      else {
        owner = this.transactions;
        group = after(text, GROUP, from);
      }
    }
  }

  #idAt(from: number, to: number): number {
    if (!this.goTo(from, to)) return UNNAMED;
    return this.to - this.from === 2 ? pairOf(this.text, this.from) : ODD;
  }

  #addField(from: number, to: number): void {
    const at = this.#fieldCount * WIDTH;
    if (at === this.#fields.length) this.#fields = grown(this.#fields);
    this.#fields[at] = pairOf(this.text, from);
    this.#fields[at + 1] = from;
    this.#fields[at + 2] = to;
    this.#fieldCount += 1;
  }

  #addSegment(id: number, owner: number): void {
    const at = this.#segmentCount * WIDTH;
    if (at === this.#segments.length) this.#segments = grown(this.#segments);
    this.#segments[at] = id;
    this.#segments[at + 1] = owner;
    this.#segments[at + 2] = this.#fieldCount * WIDTH;
    this.#segmentCount += 1;
  }

  /** Some senders leave out the separator before the first transaction: then the first group holds it. */
  #separate(kind: 'request' | 'response'): void {
    const segments = this.#segments;
    const end = this.#segmentCount * WIDTH;
    let leads = false;
    for (let at = 0; at < end && segments[at + 1] === ALL; at += WIDTH) leads ||= segments[at] === LEADING[kind];
    if (!leads) return;
    this.transactions += 1;
    for (let at = 0; at < end; at += WIDTH) {
      const owner = segments[at + 1] ?? ALL;
      if (owner !== ALL) segments[at + 1] = owner + 1;
      else if (!SHARED[kind].has(segments[at] ?? UNNAMED)) segments[at + 1] = 0;
    }
  }
}

const AM = pairOf('AM');

/** Where the next of these separators stands; the end of the text = there is none. */
function after(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from);
  return at === -1 ? text.length : at;
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const more = new Int32Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

/** Where the fixed header ends at the latest. */
function firstSeparator(text: string): number {
  const end = Math.min(text.length, REQUEST_LENGTH);
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= FIELD_CODE && code <= SEGMENT_CODE) return at;
  }
  return end;
}

const isBlank = (text: string, from: number, to: number): boolean =>
  !isPlain(text.charCodeAt(from)) && text.slice(from, to).trim() === '';
