/**
 * One Telecommunication D.0 transmission taken apart: fixed header, then segments of `id + value` fields. Knows the shape
 * only; `map.ts` knows what the fields mean.
 */

/** Separators: before a segment, before a transaction, before a field. */
export const SEGMENT = '\u001E';
export const GROUP = '\u001D';
export const FIELD = '\u001C';

/** One field: its 2-character id and its value without padding. */
export interface Field {
  id: string;
  value: string;
}

/** One segment; `id` is the two digits after AM, '' when the segment does not begin with AMnn. */
export interface Segment {
  id: string;
  fields: Field[];
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

/** Why a transmission cannot be read at all. */
export interface TransmissionFault {
  field: string;
  message: string;
}

const REQUEST_LENGTH = 56;
const RESPONSE_LENGTH = 31;

/** Request or response, by the fixed header alone: cheap, so that responses can be found before anything is parsed. */
export function kindOf(text: string): 'request' | 'response' | TransmissionFault {
  if (text.slice(6, 8) === 'D0') return 'request';
  if (text.slice(0, 2) === 'D0' && (text.charAt(5) === 'A' || text.charAt(5) === 'R')) return 'response';
  // F6 widens the BIN to 8 digits: with D.0 offsets every header field would be read from the wrong place.
  if (text.slice(8, 10) === 'F6' || text.slice(0, 2) === 'F6')
    return { field: '102-A2', message: 'Telecommunication version F6 is not read; version D.0 is expected' };
  return { field: '102-A2', message: 'no Telecommunication D.0 header' };
}

/** Takes a transmission apart; a fault instead when its header cannot be read. */
export function parseTransmission(text: string): Transmission | TransmissionFault {
  const kind = kindOf(text);
  if (typeof kind !== 'string') return kind;
  const separator = firstSeparator(text);
  if (kind === 'request' && separator < REQUEST_LENGTH)
    return { field: 'header', message: `the request header has ${separator} bytes, ${REQUEST_LENGTH} expected` };
  const length = kind === 'request' ? REQUEST_LENGTH : Math.min(RESPONSE_LENGTH, separator);
  const groups = text.slice(length).split(GROUP).map(parseGroup);
  const header = kind === 'request' ? requestHeader(text) : responseHeader(text);
  return { header, ...separate(groups, kind) };
}

function firstSeparator(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === SEGMENT || char === GROUP || char === FIELD) return at;
  }
  return text.length;
}

const requestHeader = (text: string): RequestHeader => ({
  kind: 'request',
  bin: text.slice(0, 6).trim(),
  code: text.slice(8, 10),
  pcn: text.slice(10, 20).trim(),
  count: text.charAt(20),
  providerQualifier: text.slice(21, 23).trim(),
  providerId: text.slice(23, 38).trim(),
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
  const shared = first.filter((segment) => SHARED[kind].has(segment.id));
  const others = first.filter((segment) => !SHARED[kind].has(segment.id));
  const transactions = rest.filter((segments) => segments.length > 0);
  if (others.some((segment) => segment.id === LEADING[kind]))
    return { shared, transactions: [others, ...transactions] };
  return { shared: first, transactions };
}

function parseGroup(text: string): Segment[] {
  const segments: Segment[] = [];
  for (const part of text.split(SEGMENT)) {
    const segment = parseSegment(part);
    if (segment) segments.push(segment);
  }
  return segments;
}

function parseSegment(text: string): Segment | null {
  const fields: Field[] = [];
  let id = '';
  let named = false;
  for (const part of text.split(FIELD)) {
    if (part === '') continue;
    const field = { id: part.slice(0, 2), value: part.slice(2).trim() };
    if (!named && fields.length === 0 && field.id === 'AM') {
      id = field.value;
      named = true;
    } else fields.push(field);
  }
  return named || fields.length > 0 ? { id, fields } : null;
}

/** The first value of a field in the segments with this id; '' when absent. */
export function valueOf(segments: readonly Segment[], segmentId: string, fieldId: string): string {
  for (const segment of segments)
    if (segment.id === segmentId)
      for (const field of segment.fields) if (field.id === fieldId && field.value !== '') return field.value;
  return '';
}

/** All fields of the segments with this id, in order. */
export const fieldsOf = (segments: readonly Segment[], segmentId: string): Field[] =>
  segments.filter((segment) => segment.id === segmentId).flatMap((segment) => segment.fields);
