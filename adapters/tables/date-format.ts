/**
 * Dates and times by a declared format (`MM/dd/yyyy`, `dd-MMM-yyyy`, `yyyy-MM-dd HH:mm`). A format is compiled once per
 * column; reading walks the text once, never guesses, and needs every character to fit.
 */
import { instantOf, isDay } from '../../src/model/calendar.ts';

/** Dates remembered by a format. */
const MOST_DATES = 20_000;
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** Least and most digits of each numeric token, and the part it fills. */
const NUMBERS: Readonly<Record<string, readonly [number, number, keyof Parts]>> = {
  yyyy: [4, 4, 'year'],
  MM: [2, 2, 'month'],
  M: [1, 2, 'month'],
  dd: [2, 2, 'day'],
  d: [1, 2, 'day'],
  HH: [2, 2, 'hour'],
  H: [1, 2, 'hour'],
  hh: [2, 2, 'hour'],
  h: [1, 2, 'hour'],
  mm: [2, 2, 'minute'],
  ss: [2, 2, 'second'],
  SSS: [3, 3, 'millisecond'],
};

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

/** A compiled format. */
export interface DateFormat {
  /** As declared, literals as they stand: for writing. */
  tokens: readonly string[];
  /** For reading. */
  steps: readonly Step[];
  /** Dates read by this format: a file has few different ones. */
  dates: Map<string, string>;
}

/** What one token takes from the text. */
type Step =
  | { kind: 'number'; least: number; most: number; part: keyof Parts }
  | { kind: 'month' | 'half' | 'offset' }
  | { kind: 'literal'; text: string };

const TOKEN = /yyyy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a|XXX|'[^']*'|./gu;
const isToken = (token: string): boolean =>
  Object.hasOwn(NUMBERS, token) || token === 'MMM' || token === 'a' || token === 'XXX';

/** Compiles a format; a sentence instead when it cannot tell a day. */
export function compileFormat(format: string): DateFormat | string {
  const tokens = format.match(TOKEN) ?? [];
  const literal = tokens.find((token) => /^[A-SU-Za-z]/.test(token) && !isToken(token));
  if (literal !== undefined) return `format has the unknown token ${literal}`;
  const has = (...names: string[]): boolean => tokens.some((token) => names.includes(token));
  if (!has('yyyy') || !has('MM', 'M', 'MMM') || !has('dd', 'd')) return 'format must have yyyy, MM (M, MMM) and dd (d)';
  if (has('hh', 'h') !== has('a')) return 'format must have hh (h) and a together';
  const plain = tokens.map((token) => (token.startsWith("'") ? token.slice(1, -1) : token));
  return { tokens: plain, steps: tokens.map((token, at) => stepOf(token, plain[at] ?? '')), dates: new Map() };
}

function stepOf(token: string, text: string): Step {
  const [least, most, part] = (Object.hasOwn(NUMBERS, token) ? NUMBERS[token] : undefined) ?? [];
  if (least !== undefined && most !== undefined && part) return { kind: 'number', least, most, part };
  if (token === 'MMM') return { kind: 'month' };
  if (token === 'a') return { kind: 'half' };
  return token === 'XXX' ? { kind: 'offset' } : { kind: 'literal', text };
}

interface Moment extends Parts {
  afternoon: boolean | null;
  /** `Z` or `+hh:mm` when the format has XXX. */
  offset: string;
}

function readMoment(text: string, { steps }: DateFormat): Moment | undefined {
  const moment: Moment = {
    year: 0,
    month: 0,
    day: 0,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    afternoon: null,
    offset: '',
  };
  let at = 0;
  for (const step of steps) {
    const used = step.kind === 'number' ? readNumber(text, at, step, moment) : readSign(text, at, step, moment);
    if (used === -1) return undefined;
    at += used;
  }
  const { hour, minute, second, afternoon } = moment;
  if (at !== text.length || minute > 59 || second > 59 || hour > 23) return undefined;
  if (afternoon !== null && (hour < 1 || hour > 12)) return undefined;
  return afternoon === null ? moment : { ...moment, hour: (hour % 12) + (afternoon ? 12 : 0) };
}

/** How many characters the step takes at this place; -1 = it does not fit. */
function readSign(text: string, at: number, step: Exclude<Step, { kind: 'number' }>, moment: Moment): number {
  if (step.kind === 'literal') return text.startsWith(step.text, at) ? step.text.length : -1;
  if (step.kind === 'month') {
    moment.month = MONTHS.indexOf(text.slice(at, at + 3).toUpperCase()) + 1;
    return moment.month === 0 ? -1 : 3;
  }
  if (step.kind === 'half') {
    const half = text.slice(at, at + 2).toUpperCase();
    moment.afternoon = half === 'PM';
    return half === 'AM' || half === 'PM' ? 2 : -1;
  }
  moment.offset = text.charAt(at) === 'Z' ? 'Z' : text.slice(at, at + 6);
  return /^(?:Z|[+-](?:0\d|1[0-8]):[0-5]\d)$/.test(moment.offset) ? moment.offset.length : -1;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function readNumber(
  text: string,
  at: number,
  { least, most, part }: Extract<Step, { kind: 'number' }>,
  moment: Moment,
): number {
  let length = 0;
  let value = 0;
  for (; length < most; length++) {
    const code = text.charCodeAt(at + length);
    if (!isDigit(code)) break;
    value = value * 10 + code - 48;
  }
  if (length < least) return -1;
  moment[part] = value;
  return length;
}

const pad = (value: number): string => (value < 10 ? `0${value}` : String(value));
const padded = (value: number, width: number): string => String(value).padStart(width, '0');

const dayOf = ({ year, month, day }: Parts): string | undefined => {
  return isDay(year, month, day) ? `${padded(year, 4)}-${pad(month)}-${pad(day)}` : undefined;
};

/** `YYYY-MM-DD`, or undefined when the text does not fit the format or names no day. */
export function readDate(text: string, format: DateFormat): string | undefined {
  const { dates } = format;
  const known = dates.get(text);
  if (known !== undefined) return known;
  const moment = readMoment(text, format);
  const date = moment && dayOf(moment);
  if (dates.size >= MOST_DATES) dates.clear();
  if (date !== undefined) dates.set(text, date);
  return date;
}

/** An instant; a time without offset is in `zone`, a date without time is its 00:00 (12.11). */
export function readInstant(text: string, formats: readonly DateFormat[], zone: string): string | undefined {
  for (const format of formats) {
    const moment = readMoment(text, format);
    const date = moment && dayOf(moment);
    if (!date) continue;
    const local = `${date}T${pad(moment.hour)}:${pad(moment.minute)}:${pad(moment.second)}.${padded(moment.millisecond, 3)}`;
    return moment.offset === '' ? instantOf(local, zone) : new Date(local + moment.offset).toISOString();
  }
  return undefined;
}

/** Writes a local date and time (`YYYY-MM-DD[THH:mm[:ss[.SSS]]]`) by a format without offset. */
export function writeDate(local: string, { tokens }: DateFormat): string {
  const [day = '', time = ''] = local.split('T');
  const [year = '', month = '', date = ''] = day.split('-');
  const hour = Number(time.slice(0, 2));
  const values: Readonly<Record<string, string>> = {
    yyyy: year,
    MM: month,
    M: String(Number(month)),
    MMM: MONTHS[Number(month) - 1] ?? '',
    dd: date,
    d: String(Number(date)),
    HH: pad(hour),
    H: String(hour),
    hh: pad(hour % 12 || 12),
    h: String(hour % 12 || 12),
    mm: time.slice(3, 5) || '00',
    ss: time.slice(6, 8) || '00',
    SSS: time.slice(9, 12) || '000',
    a: hour < 12 ? 'AM' : 'PM',
  };
  return tokens.map((token) => (Object.hasOwn(values, token) ? (values[token] ?? '') : token)).join('');
}
