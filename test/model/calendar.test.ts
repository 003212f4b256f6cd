/** Local times and dates agree with the calendar library everywhere, also in hours that a zone skips, repeats or cuts. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { dateIn, instantAt, instantOf, isDate } from '../../src/model/calendar.ts';

const zones = fc.constantFrom('America/Chicago', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');

describe('calendar', () => {
  test.each([
    ['2026-03-08T02:30:00', 'America/Chicago', '2026-03-08T08:30:00.000Z'],
    ['2026-11-01T01:30:00', 'America/Chicago', '2026-11-01T06:30:00.000Z'],
    // Half an hour is skipped in the middle of an hour.
    ['2026-10-04T02:10:00', 'Australia/Lord_Howe', '2026-10-03T15:40:00.000Z'],
    ['2026-10-04T02:40:00', 'Australia/Lord_Howe', '2026-10-03T15:40:00.000Z'],
  ])('%s in %s is %s', (local, zone, expected) => {
    expect(instantOf(local, zone)).toBe(expected);
    expect(instantOf(local, zone)).toBe(expected);
  });

  test('any local time and any instant, asked twice', () => {
    const minutes = fc.integer({ min: Date.UTC(1950, 0) / 60_000, max: Date.UTC(2050, 0) / 60_000 });
    fc.assert(
      fc.property(minutes, zones, (minute, zone) => {
        const utc = new Date(minute * 60_000).toISOString();
        const local = utc.slice(0, -1);
        const exact = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' });
        const date = Temporal.Instant.from(utc).toZonedDateTimeISO(zone).toPlainDate().toString();
        for (let asked = 0; asked < 2; asked += 1) {
          expect(Date.parse(instantOf(local, zone))).toBe(exact.epochMilliseconds);
          expect(dateIn(utc, zone)).toBe(date);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a moment in numbers is the instant of its text, to the character', () => {
    const moments = fc.record({
      year: fc.constantFrom(100, 1950, 2025, 2026, 9999),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      second: fc.integer({ min: 0, max: 59 }),
      millisecond: fc.constantFrom(0, 7, 250, 999),
    });
    const gaps = fc.constantFrom(
      { year: 2026, month: 3, day: 8, hour: 2, minute: 30, second: 0, millisecond: 0 },
      { year: 2026, month: 11, day: 1, hour: 1, minute: 30, second: 5, millisecond: 0 },
      { year: 2026, month: 10, day: 4, hour: 2, minute: 10, second: 0, millisecond: 0 },
    );
    const two = (number: number, width = 2): string => String(number).padStart(width, '0');
    fc.assert(
      fc.property(fc.oneof(moments, gaps), zones, (moment, zone) => {
        const { year, month, day, hour, minute, second, millisecond } = moment;
        const time = `${two(hour)}:${two(minute)}:${two(second)}.${two(millisecond, 3)}`;
        const text = `${two(year, 4)}-${two(month)}-${two(day)}T${time}`;
        for (let asked = 0; asked < 2; asked += 1) expect(instantAt(moment, zone)).toBe(instantOf(text, zone));
      }),
      { numRuns: 2_000 },
    );
  });

  test('days that exist', () => {
    const day = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    );
    fc.assert(
      fc.property(day, ([year, month, of]) => {
        const text = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(of).padStart(2, '0')].join(
          '-',
        );
        const exact = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(exact.getTime()) && exact.toISOString().startsWith(text);
        expect({ text, exists: isDate(text) }).toEqual({ text, exists: exists && year >= 100 });
      }),
    );
    expect(['2026-02-29', '2028-02-29', '1900-02-29', '2000-02-29', '2026-1-01', ''].map(isDate)).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
  });
});
