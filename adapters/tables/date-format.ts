/**
 * Dates and times by a declared format (`MM/dd/yyyy`, `dd-MMM-yyyy`, `yyyy-MM-dd HH:mm`). A format is compiled once per
 * column; reading walks the text once, never guesses, and needs every character to fit.
 */
import { instantAt, isDay, type LocalMoment, padded } from '../../src/model/calendar.ts';

/** Dates remembered by a format. */
const MOST_DATES = 20_000;
/** A date of this format is its own text. */
const PLAIN = 'yyyy-MM-dd';
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** Least and most digits of each numeric token, and the part it fills. */
const NUMBERS: Readonly<Record<string, readonly [number, number, keyof LocalMoment]>> = {
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

/** A compiled format. */
export interface DateFormat {
  /** As declared, literals as they stand: for writing. */
  tokens: readonly string[];
  /** For reading. */
  steps: readonly Step[];
  /** Dates read by this format: a file has few different ones. Null = a date is its own text. */
  dates: Map<string, string> | null;
}

/** What one token takes from the text; all of one shape, since they are walked through for every text. */
interface Step {
  kind: 'number' | 'month' | 'half' | 'offset' | 'literal';
  /** Digits of a number. */
  least: number;
  most: number;
  part: keyof LocalMoment;
  /** A literal. */
  text: string;
}

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
  return {
    tokens: plain,
    steps: tokens.map((token, at) => stepOf(token, plain[at] ?? '')),
    dates: format === PLAIN ? null : new Map(),
  };
}

function stepOf(token: string, text: string): Step {
  const [least = 0, most = 0, part = 'year'] = (Object.hasOwn(NUMBERS, token) ? NUMBERS[token] : undefined) ?? [];
  const others: Readonly<Record<string, Step['kind']>> = { MMM: 'month', a: 'half', XXX: 'offset' };
  const other = Object.hasOwn(others, token) ? others[token] : undefined;
  return { kind: most > 0 ? 'number' : (other ?? 'literal'), least, most, part, text };
}

/** What was read from a text. */
interface Moment extends LocalMoment {
  afternoon: boolean | null;
  /** `Z` or `+hh:mm` when the format has XXX. */
  offset: string;
}

/** What is being read: one for all texts, since a file has millions of them. */
const MOMENT: Moment = {
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

/** True when the text fits the format and names a day: then it stands in `MOMENT`. */
function readMoment(text: string, { steps }: DateFormat): boolean {
  const moment = MOMENT;
  moment.hour = moment.minute = moment.second = moment.millisecond = 0;
  moment.afternoon = null;
  moment.offset = '';
  let at = 0;
  for (const step of steps) {
    const used = step.kind === 'number' ? readNumber(text, at, step, moment) : readSign(text, at, step, moment);
    if (used === -1) return false;
    at += used;
  }
  const { year, month, day, hour, minute, second, afternoon } = moment;
  if (at !== text.length || minute > 59 || second > 59 || hour > 23) return false;
  if (afternoon !== null) {
    if (hour < 1 || hour > 12) return false;
    moment.hour = (hour % 12) + (afternoon ? 12 : 0);
  }
  return isDay(year, month, day);
}

/** How many characters the step takes at this place; -1 = it does not fit. */
function readSign(text: string, at: number, step: Step, moment: Moment): number {
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

function readNumber(text: string, at: number, { least, most, part }: Step, moment: Moment): number {
  let length = 0;
  let value = 0;
  for (; length < most; length++) {
    const code = text.charCodeAt(at + length);
    if (!isDigit(code)) break;
    value = value * 10 + code - 48;
  }
  if (length < least) return -1;
  setPart(moment, part, value);
  return length;
}

/** Named one by one: a name that varies is looked up every time. */
function setPart(moment: Moment, part: keyof LocalMoment, value: number): void {
  if (part === 'year') moment.year = value;
  else if (part === 'month') moment.month = value;
  else if (part === 'day') moment.day = value;
  else if (part === 'hour') moment.hour = value;
  else if (part === 'minute') moment.minute = value;
  else if (part === 'second') moment.second = value;
  else moment.millisecond = value;
}

const pad = (value: number): string => (value < 10 ? `0${value}` : String(value));

const dayOf = ({ year, month, day }: Moment): string => `${padded(year, 4)}-${pad(month)}-${pad(day)}`;

/** `YYYY-MM-DD`, or undefined when the text does not fit the format or names no day. */
export function readDate(text: string, format: DateFormat): string | undefined {
  const { dates } = format;
  if (dates === null) return readMoment(text, format) ? text : undefined;
  const known = dates.get(text);
  if (known !== undefined) return known;
  if (!readMoment(text, format)) return undefined;
  const date = dayOf(MOMENT);
  if (dates.size >= MOST_DATES) dates.clear();
  dates.set(text, date);
  return date;
}

/** An instant; a time without offset is in `zone`, a date without time is its 00:00 (12.11). */
export function readInstant(text: string, formats: readonly DateFormat[], zone: string): string | undefined {
  for (const format of formats) {
    if (!readMoment(text, format)) continue;
    const moment = MOMENT;
    if (moment.offset === '') return instantAt(moment, zone);
    const time = `${pad(moment.hour)}:${pad(moment.minute)}:${pad(moment.second)}.${padded(moment.millisecond, 3)}`;
    return new Date(`${dayOf(moment)}T${time}${moment.offset}`).toISOString();
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
