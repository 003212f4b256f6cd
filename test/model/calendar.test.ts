/** Days and instants: what is computed quickly is what the calendar and the zone database say. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { instantOf, isDate } from '../../src/model/calendar.ts';

const ZONES = ['America/New_York', 'America/Chicago', 'America/Phoenix', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];

test('a text is a date when its day exists', () => {
  const part = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9999 }), part, part, (year, month, day) => {
      const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      let exists = true;
      try {
        Temporal.PlainDate.from(text, { overflow: 'reject' });
      } catch {
        exists = false;
      }
      expect(isDate(text)).toBe(exists && year >= 100);
    }),
    { numRuns: 2000 },
  );
  for (const text of ['2026-3-02', '2026-03-02 ', '20260302', '', '2026-02-29', '1900-02-29'])
    expect(isDate(text)).toBe(false);
  expect(isDate('2000-02-29')).toBe(true);
});

test('every local time is the instant that the zone database gives', () => {
  // Around the changes of 2026, minute by minute within the hours, and anywhere.
  const changes = [
    '2026-03-08T01',
    '2026-03-08T02',
    '2026-03-08T03',
    '2026-11-01T00',
    '2026-11-01T01',
    '2026-04-05T01',
  ];
  const hour = fc.oneof(
    fc.constantFrom(...changes),
    fc
      .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 13)),
  );
  const sixty = fc.integer({ min: 0, max: 59 }).map((value) => String(value).padStart(2, '0'));
  fc.assert(
    fc.property(
      hour,
      sixty,
      sixty,
      fc.constantFrom('', '.007'),
      fc.constantFrom(...ZONES),
      (at, minute, second, more, zone) => {
        const local = `${at}:${minute}:${second}${more}`;
        const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' });
        expect(instantOf(local, zone)).toBe(new Date(zoned.epochMilliseconds).toISOString());
      },
    ),
    { numRuns: 3000 },
  );
  expect(instantOf('2026-11-01T01:30:00', 'America/Chicago')).toBe('2026-11-01T06:30:00.000Z');
  expect(instantOf('2026-03-08T02:30:00', 'America/Chicago')).toBe('2026-03-08T08:30:00.000Z');
});
