import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload } from '../contract.ts';
import { code, date, listOf } from './cells.ts';
import { delimitedLines } from './delimited.ts';
import { filled, meaningful, missable, readTable, spare } from './layout.ts';
import type { Layout, TableRow } from './layout.ts';
import { unknownOptions } from './options.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Row {
  name: string;
  until: string | null;
  tags: string[];
  note: string;
}

const layout: Layout<Row> = {
  name: filled('Name', code),
  until: meaningful<string | null>('Valid Until', date, null),
  tags: missable(meaningful('Tags', listOf(code), [])),
  note: spare('Note', (cell) => (cell.length > 5 ? cell.slice(0, 5) : cell), ''),
};

const read = (text: string, options = {}): TableRow<Row>[] => [...readTable(bytes(text), layout, options)];

function heldBy(text: string): HeldPayload {
  try {
    read(text);
  } catch (error) {
    if (error instanceof HeldPayload) return error;
    throw error;
  }
  throw new Error('the file was not held');
}

describe('delimited text', () => {
  test('what is quoted by the rules comes back, with any line break', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), (rows, lineBreak) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + lineBreak)
          .join('');
        const lines = [...delimitedLines(text, ',', true)];
        expect(lines.map(({ cells }) => cells)).toEqual(rows);
        expect(lines.every(({ terminated, brokenQuote }) => terminated && !brokenQuote)).toBe(true);
      }),
    );
  });

  test('lines are numbered as an editor numbers them', () => {
    const lines = [...delimitedLines('a\r\n"b\r\nc",d\n\n"open\ne', ',', true)];
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 4, 5, 6]);
    expect(lines.map(({ brokenQuote }) => brokenQuote)).toEqual([false, false, false, true, false]);
  });

  test.each([
    ['unclosed quotes', '"a\n'],
    ['doubled quotes', '"",""""\n"a""'],
    ['text behind a quote', '"a"b,"c\n'],
  ])('a large file full of %s is read in linear time', (_what, piece) => {
    const time = (count: number): number => {
      const text = piece.repeat(count);
      const start = performance.now();
      for (const line of delimitedLines(text, ',', true)) expect(line.line).toBeGreaterThan(0);
      return performance.now() - start;
    };
    time(1000);
    const [small, large] = [time(4000), time(32_000)];
    // Eight times as much: a quadratic reader would need 64 times as long.
    expect(large).toBeLessThan(32 * Math.max(small, 5));
  });
});

describe('tables by layout', () => {
  test('columns are found by header in any order and case; others are ignored', () => {
    expect(read('note;other;VALID_UNTIL;name\nlong note;x;2026-01-31;A\n', { delimiter: ';' })).toEqual([
      { position: 'line 2', row: { name: 'A', until: '2026-01-31', tags: [], note: 'long ' }, errors: [] },
    ]);
  });

  test('a feed may name the headers of its file', () => {
    const [line] = read('Nom,Valid Until,Note\nA,,\n', { headers: { Name: 'Nom' } });
    expect(line?.row?.name).toBe('A');
  });

  test('a missing column holds the file and points at the nearest header without quoting it', () => {
    const held = heldBy('Name,Valid Untill,Note\nA,2026-01-31,\n');
    expect(held).toMatchObject({ position: 'line 1', field: 'Valid Until' });
    expect(held.message).toBe('column "Valid Until" is missing; the nearest header is that of column 2');
    expect(heldBy('Smith,John,1970\n').message).toBe('column "Name" is missing; no header is like it');
  });

  test('a doubled column holds the file', () => {
    expect(heldBy('Name,Note,Valid Until,name\n').field).toBe('Name');
  });

  test('an unreadable cell whose emptiness says something rejects its line only', () => {
    const lines = read('Name,Valid Until,Note\nA,31.01.2026,\nB,,\n');
    expect(lines.map(({ row }) => row?.name)).toEqual([undefined, 'B']);
    expect(lines[0]?.errors).toMatchObject([{ field: 'Valid Until', original: '31.01.2026' }]);
  });

  test('a file cut off anywhere never turns a period into an open one', () => {
    const whole = 'Name,Note,Valid Until\nA,n,2026-01-31\nB,n,2026-02-28\n';
    for (let cut = 'Name,Note,Valid Until\n'.length; cut <= whole.length; cut += 1)
      for (const { row } of read(whole.slice(0, cut)))
        if (row?.until === null) expect(whole.slice(0, cut)).toMatch(/,n,$/);
  });

  test('names of built-in properties are ordinary headers and cells', () => {
    const [line] = read('__proto__,constructor,Name,Valid Until,Note\na,b,__proto__,,toString\n');
    expect(line?.row).toMatchObject({ name: '__proto__', note: 'toStr' });
  });
});

test('an unknown option is told with the nearest known one', () => {
  expect(unknownOptions({ delimeter: ',' }, ['record', 'delimiter'])).toEqual([
    'unknown option delimeter, did you mean delimiter? (known: record, delimiter)',
  ]);
});
