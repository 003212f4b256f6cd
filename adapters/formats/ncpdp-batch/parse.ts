/**
 * One Telecommunication D.0 transmission taken apart: fixed header, then segments of `id + value` fields. Knows the shape
 * only; `map.ts` knows what the fields mean. One pass over the text; most fields are never asked for, so a value is cut out
 * only when it is.
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

/** A part of a text without surrounding blanks. */
function trimmed(text: string, from: number, to: number): string {
  if (from >= to) return '';
  const part = text.slice(from, to);
  return isPlain(text.charCodeAt(from)) && isPlain(text.charCodeAt(to - 1)) ? part : part.trim();
}

/** One segment; `id` is the two digits after AM, '' when the segment does not begin with AMnn. */
export class Segment {
  readonly id: string;
  readonly #text: string;
  /** Offsets where its fields begin and end, two numbers each. */
  readonly #fields: readonly number[];

  constructor(id: string, text: string, fields: readonly number[]) {
    this.id = id;
    this.#text = text;
    this.#fields = fields;
  }

  /** The first value of a field; '' when absent. */
  value(field: string): string {
    const fields = this.#fields;
    const text = this.#text;
    const [first, second] = [field.charCodeAt(0), field.charCodeAt(1)];
    for (let at = 0; at < fields.length; at += 2) {
      const from = fields[at] ?? 0;
      if (text.charCodeAt(from) !== first || text.charCodeAt(from + 1) !== second) continue;
      const value = trimmed(text, from + 2, fields[at + 1] ?? 0);
      if (value !== '') return value;
    }
    return '';
  }

  /** All values of a field that repeats. */
  values(field: string): string[] {
    if (this.value(field) === '') return [];
    return [...this.fields()].flatMap(({ id, value }) => (id === field && value !== '' ? value : []));
  }

  /** All fields in order. */
  *fields(): Generator<Field> {
    for (let at = 0; at < this.#fields.length; at += 2) {
      const [from = 0, to = 0] = [this.#fields[at], this.#fields[at + 1]];
      yield { id: this.#text.slice(from, Math.min(from + 2, to)), value: trimmed(this.#text, from + 2, to) };
    }
  }
}

/** What the fixed header of a request says (56 bytes). */
export interface RequestHeader {
  kind: 'request';
  bin: string;
  code: string;
  pcn: string;
  count: string;
  providerQualifier: string;
  providerId: string;
  dateOfService: string;
}

/** What the fixed header of a response says (31 bytes). */
export interface ResponseHeader {
  kind: 'response';
  code: string;
  count: string;
  /** 501-F1: A accepted, R rejected as a whole. */
  status: string;
}

/** A transmission: up to four transactions that share a header and the segments before the first group separator. */
export interface Transmission<H = RequestHeader | ResponseHeader> {
  header: H;
  shared: Segment[];
  transactions: Segment[][];
}

export const isRequest = (transmission: Transmission): transmission is Transmission<RequestHeader> =>
  transmission.header.kind === 'request';
export const isResponse = (transmission: Transmission): transmission is Transmission<ResponseHeader> =>
  transmission.header.kind === 'response';

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

/** Takes a transmission apart; a fault instead when its header cannot be read. */
export function parseTransmission(text: string): Transmission | TransmissionFault {
  const kind = kindOf(text);
  if (typeof kind !== 'string') return kind;
  const separator = firstSeparator(text);
  if (kind === 'request' && separator < REQUEST_LENGTH)
    return { field: 'header', message: `the request header has ${separator} bytes, ${REQUEST_LENGTH} expected` };
  const length = kind === 'request' ? REQUEST_LENGTH : Math.min(RESPONSE_LENGTH, separator);
  const { shared, transactions } = separate(readGroups(text, length), kind);
  if (transactions.length > MOST_TRANSACTIONS)
    return { field: '109-A9', message: `${transactions.length} transactions in one transmission` };
  return { header: kind === 'request' ? requestHeader(text) : responseHeader(text), shared, transactions };
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

const requestHeader = (text: string): RequestHeader => ({
  kind: 'request',
  bin: trimmed(text, 0, 6),
  code: text.slice(8, 10),
  pcn: trimmed(text, 10, 20),
  count: text.charAt(20),
  providerQualifier: trimmed(text, 21, 23),
  providerId: trimmed(text, 23, 38),
  dateOfService: text.slice(38, 46),
});

const responseHeader = (text: string): ResponseHeader => ({
  kind: 'response',
  code: text.slice(2, 4),
  count: text.charAt(4),
  status: text.charAt(5),
});

/** Segments every transaction of a transmission shares: patient and insurance; message and insurance in a response. */
const SHARED = { request: new Set(['01', '04']), response: new Set(['20', '25', '29']) };
/** The segment that makes a transaction: claim, response status. */
const LEADING = { request: '07', response: '21' };

/** Some senders leave out the separator before the first transaction: then the first group holds it. */
function separate(groups: Segment[][], kind: 'request' | 'response'): Omit<Transmission, 'header'> {
  const [first = [], ...rest] = groups;
  const transactions = rest.filter((segments) => segments.length > 0);
  const leading = LEADING[kind];
  if (!first.some(({ id }) => id === leading)) return { shared: first, transactions };
  const shared = first.filter(({ id }) => SHARED[kind].has(id));
  return { shared, transactions: [first.filter(({ id }) => !SHARED[kind].has(id)), ...transactions] };
}

/** The fields of the segment that is being read. */
const FIELDS: number[] = [];

/** The segments of each group. Blank parts (a line break before a separator) say nothing. */
function readGroups(text: string, start: number): Segment[][] {
  let group: Segment[] = [];
  const groups = [group];
  let id = '';
  let named = false;
  let count = 0;
  let from = start;
  for (let at = start; at <= text.length; at += 1) {
    const code = at === text.length ? SEGMENT_CODE : text.charCodeAt(at);
    if (code > SEGMENT_CODE || code < FIELD_CODE) continue;
    if (at > from && !isBlank(text, from, at)) {
      if (!named && count === 0 && text.charCodeAt(from) === 0x41 && text.charCodeAt(from + 1) === 0x4d) {
        id = trimmed(text, from + 2, at);
        named = true;
      } else {
        FIELDS[count] = from;
        FIELDS[count + 1] = at;
        count += 2;
      }
    }
    from = at + 1;
    if (code === FIELD_CODE) continue;
    if (named || count > 0) {
      group.push(new Segment(id, text, FIELDS.slice(0, count)));
      id = '';
      named = false;
      count = 0;
    }
    if (code !== SEGMENT_CODE) groups.push((group = []));
  }
  return groups;
}

const isBlank = (text: string, from: number, to: number): boolean =>
  !isPlain(text.charCodeAt(from)) && text.slice(from, to).trim() === '';

/** The segments with an id. */
export const segmentsOf = (segments: readonly Segment[], id: string): readonly Segment[] =>
  segments.filter((segment) => segment.id === id);

/** The first value of a field in these segments; '' when absent. */
export function valueOf(segments: readonly Segment[], field: string): string {
  for (const segment of segments) {
    const value = segment.value(field);
    if (value !== '') return value;
  }
  return '';
}

/** All values of a field in these segments, in order. */
export const valuesOf = (segments: readonly Segment[], field: string): string[] =>
  segments.flatMap((segment) => segment.values(field));

/** All fields of these segments, in order. */
export const fieldsOf = (segments: readonly Segment[]): Field[] => segments.flatMap((segment) => [...segment.fields()]);
