/**
 * How database values look in the program: exact decimals, dates and ranges as text, instants as ISO text in UTC, counts as
 * numbers. The driver's defaults (Date objects, 64-bit numbers as text) lose days, microseconds or exactness.
 */
import type { PostgresType } from 'postgres';

const OID = { int8: 20, numeric: 1700, date: 1082, timestamp: 1114, timestamptz: 1184 } as const;

/** `2026-03-02 15:04:05.12+00` -> `2026-03-02T15:04:05.120Z`; microseconds are kept when there are any. */
export function instantText(value: string): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(\+00)?$/.exec(value);
  if (!match) return value;
  const fraction = (match[3] ?? '').padEnd(3, '0');
  return `${match[1]}T${match[2]}.${fraction}${match[4] === undefined ? '' : 'Z'}`;
}

const asText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
const asIs = (value: string): string => value;
/** A 64-bit integer: a number while it is exact, else its text. */
const integer = (value: string): number | string => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const type = (oid: number, parse: (value: string) => unknown): PostgresType => ({
  to: oid,
  from: [oid],
  serialize: asText,
  parse,
});

/** The `types` option of the driver. */
export const VALUE_TYPES: Record<string, PostgresType> = {
  date: type(OID.date, asIs),
  timestamp: type(OID.timestamp, instantText),
  timestamptz: type(OID.timestamptz, instantText),
  numeric: type(OID.numeric, asIs),
  int8: type(OID.int8, integer),
};
