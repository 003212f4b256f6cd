/**
 * How database values look in the program: exact decimals, dates and ranges as text, instants as ISO text in UTC, counts as
 * numbers, json as values. The driver's defaults lose days and microseconds (Date objects), give 64-bit counts as text, read
 * NULL inside an array as the text "NULL" and encode json twice when it is already text.
 */
import type { PostgresType } from 'postgres';

/** `2026-03-02 15:04:05.12+00` -> `2026-03-02T15:04:05.120Z`; microseconds are kept when there are any. */
export function instantText(value: string): string {
  // Almost all: whole seconds in UTC.
  if (value.length === 22 && value.endsWith('+00') && value[10] === ' ')
    return `${value.slice(0, 10)}T${value.slice(11, 19)}.000Z`;
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(\+00)?$/.exec(value);
  if (!match) return value;
  const fraction = (match[3] ?? '').padEnd(3, '0');
  return `${match[1]}T${match[2]}.${fraction}${match[4] === undefined ? '' : 'Z'}`;
}

/** One scalar type: its object id, that of its array type, and how a value is read and sent. */
interface Scalar {
  oid: number;
  array: number;
  parse: (value: string) => unknown;
  serialize: (value: unknown) => string;
}

const asIs = (value: string): string => value;
const plain = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
const number = (value: string): number => Number(value);
/** A 64-bit integer: a number while it is exact, else its text. */
const integer = (value: string): number | string => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
/** Text is taken as finished JSON; anything else is encoded. */
const json = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const bytes = (value: unknown): string => `\\x${Buffer.from(value as Uint8Array).toString('hex')}`;
const truth = (value: unknown): string => (value === true || value === 't' || value === 'true' ? 't' : 'f');

const text = (oid: number, array: number): Scalar => ({ oid, array, parse: asIs, serialize: plain });

const SCALARS: Record<string, Scalar> = {
  bool: { oid: 16, array: 1000, parse: (value) => value === 't', serialize: truth },
  bytea: { oid: 17, array: 1001, parse: (value) => Buffer.from(value.slice(2), 'hex'), serialize: bytes },
  int8: { oid: 20, array: 1016, parse: integer, serialize: plain },
  int2: { oid: 21, array: 1005, parse: number, serialize: plain },
  int4: { oid: 23, array: 1007, parse: number, serialize: plain },
  oid: { oid: 26, array: 1028, parse: number, serialize: plain },
  float4: { oid: 700, array: 1021, parse: number, serialize: plain },
  float8: { oid: 701, array: 1022, parse: number, serialize: plain },
  json: { oid: 114, array: 199, parse: JSON.parse as (value: string) => unknown, serialize: json },
  jsonb: { oid: 3802, array: 3807, parse: JSON.parse as (value: string) => unknown, serialize: json },
  timestamp: { oid: 1114, array: 1115, parse: instantText, serialize: plain },
  timestamptz: { oid: 1184, array: 1185, parse: instantText, serialize: plain },
  name: text(19, 1003),
  text: text(25, 1009),
  bpchar: text(1042, 1014),
  varchar: text(1043, 1015),
  date: text(1082, 1182),
  interval: text(1186, 1187),
  numeric: text(1700, 1231),
  uuid: text(2950, 2951),
  daterange: text(3912, 3913),
  tstzrange: text(3910, 3911),
};

/** The `types` option of the driver, arrays included, so that no connection has to ask the catalogue for them. */
export const VALUE_TYPES: Record<string, PostgresType> = Object.fromEntries(
  Object.entries(SCALARS).flatMap(([name, scalar]): [string, PostgresType][] => [
    // The driver hangs each key on a function of its own: a bare `name` would collide.
    [`hub_${name}`, { to: scalar.oid, from: [scalar.oid], parse: scalar.parse, serialize: scalar.serialize }],
    [
      `hub_${name}_array`,
      {
        to: scalar.array,
        from: [scalar.array],
        parse: (value: string) => parseArray(value, scalar.parse),
        serialize: (value: unknown) => arrayText(value, scalar.serialize),
      },
    ],
  ]),
);

/** `{a,"b c",NULL}`; null and undefined members are NULL. A text is taken as finished array text. */
function arrayText(value: unknown, serialize: (member: unknown) => string): string {
  if (!Array.isArray(value)) return String(value);
  return `{${value.map((member: unknown) => memberText(member, serialize)).join(',')}}`;
}

/** What needs no quotes: most ids, dates, codes and numbers. */
const BARE = /^[\w.:+-]+$/;

function memberText(member: unknown, serialize: (member: unknown) => string): string {
  if (member === null || member === undefined) return 'NULL';
  if (Array.isArray(member)) return arrayText(member, serialize);
  const written = serialize(member);
  if (BARE.test(written) && !(written.length === 4 && written.toUpperCase() === 'NULL')) return written;
  return `"${/["\\]/.test(written) ? written.replaceAll(/["\\]/g, '\\$&') : written}"`;
}

const MEMBER = /\{|\}|,|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;

/** Reads array text of any depth; unquoted NULL is null. */
function parseArray(value: string, parse: (member: string) => unknown): unknown[] {
  const outer: unknown[] = [];
  const open: unknown[][] = [outer];
  for (const [token, quoted, bare] of value.matchAll(MEMBER)) {
    const current = open[open.length - 1] ?? outer;
    if (token === '{') {
      const inner: unknown[] = [];
      current.push(inner);
      open.push(inner);
    } else if (token === '}') open.pop();
    else if (quoted !== undefined) current.push(parse(quoted.replaceAll(/\\(.)/gs, '$1')));
    else if (bare !== undefined) current.push(bare === 'NULL' ? null : parse(bare));
  }
  return (outer[0] as unknown[] | undefined) ?? [];
}
