import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload } from '../contract.ts';
import { code, date, listOf } from './cells.ts';
import type { Source } from '../contract.ts';
import { inMemory } from '../source.ts';
import { type DelimitedLine, LineCutter } from './delimited.ts';
import { filled, meaningful, missable, readTableFile, spare, TableReading } from './layout.ts';
import type { Layout, TableRow } from './layout.ts';
import { tableOptions, tableProblems, unknownOptions } from './options.ts';

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

const read = (text: string, options = {}): Promise<TableRow<Row>[]> => readSource(inMemory(bytes(text)), options);

async function readSource(source: Source, options = {}): Promise<TableRow<Row>[]> {
  const rows: TableRow<Row>[] = [];
  for await (const some of readTableFile(source, new TableReading(layout, options), options)) rows.push(...some);
  return rows;
}

/** The lines of a text that comes in pieces of these sizes, the last one again and again. */
function linesIn(text: string, sizes: readonly number[] = [text.length], quoted = true): DelimitedLine[] {
  const cutter = new LineCutter(',', quoted);
  const lines: DelimitedLine[] = [];
  for (let at = 0, piece = 0; at < text.length; piece += 1) {
    const size = Math.max(1, sizes[Math.min(piece, sizes.length - 1)] ?? 1);
    for (const line of cutter.cut(text.slice(at, at + size), false)) lines.push(line);
    at += size;
  }
  return [...lines, ...cutter.cut('', true)];
}

async function heldBy(text: string): Promise<HeldPayload> {
  try {
    await read(text);
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
        const lines = linesIn(text);
        expect(lines.map(({ cells }) => cells)).toEqual(rows);
        expect(lines.every(({ terminated, brokenQuote }) => terminated && !brokenQuote)).toBe(true);
      }),
    );
  });

  test('where the pieces of a text end makes no difference', () => {
    const text = fc
      .array(fc.constantFrom('a', 'bc', ',', '"', '""', '\n', '\r', '\r\n', ' '), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (said, sizes, quoted) => {
          expect(linesIn(said, sizes, quoted)).toEqual(linesIn(said, undefined, quoted));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a line without end, and a quote that stays open, cost their own line and are not held', () => {
    const long = 'x,'.repeat(700_000);
    const text = `a,b\n${long}\n"open,${'y'.repeat(1_200_000)}\nc,d\n${long}`;
    for (const sizes of [[text.length], [100_000], [1_000_003, 5, 400_000]]) {
      const lines = linesIn(text, sizes);
      expect(lines.map(({ line, tooLong, brokenQuote }) => [line, tooLong, brokenQuote])).toEqual([
        [1, false, false],
        [2, true, false],
        [3, true, false],
        [4, false, false],
        [5, true, false],
      ]);
      expect(lines[3]?.cells).toEqual(['c', 'd']);
      expect(Math.max(...lines.map(({ cells }) => cells.join(',').length))).toBeLessThan(2_000);
    }
    const open = `a,b\n"open\n${'c,d\n'.repeat(300_000)}`;
    const lines = linesIn(open, [250_000]);
    expect(lines).toHaveLength(300_002);
    expect(lines.filter(({ brokenQuote }) => brokenQuote).map(({ line }) => line)).toEqual([2]);
  });

  test('lines are numbered as an editor numbers them', () => {
    const lines = linesIn('a\r\n"b\r\nc",d\n\n"open\ne');
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 4, 5, 6]);
    expect(lines.map(({ brokenQuote }) => brokenQuote)).toEqual([false, false, false, true, false]);
  });
});

describe('tables by layout', () => {
  test('columns are found by header in any order and case; others are ignored', async () => {
    expect(await read('note;other;VALID_UNTIL;name\nlong note;x;2026-01-31;A\n', { delimiter: ';' })).toEqual([
      { position: 'line 2', row: { name: 'A', until: '2026-01-31', tags: [], note: 'long ' }, errors: [] },
    ]);
  });

  test('a feed may name the headers of its file', async () => {
    const [line] = await read('Nom,Valid Until,Note\nA,,\n', tableOptions({ headers: { Name: 'Nom' } }));
    expect(line?.row?.name).toBe('A');
  });

  test('a missing column holds the file and points at the nearest header without quoting it', async () => {
    const held = await heldBy('Name,Valid Untill,Note\nA,2026-01-31,\n');
    expect(held).toMatchObject({ position: 'line 1', field: 'Valid Until' });
    expect(held.message).toBe('column "Valid Until" is missing; the nearest header is that of column 2');
    expect((await heldBy('Smith,John,1970\n')).message).toBe('column "Name" is missing; no header is like it');
  });

  test('a doubled column holds the file', async () => {
    expect((await heldBy('Name,Note,Valid Until,name\n')).field).toBe('Name');
  });

  test('an unreadable cell whose emptiness says something rejects its line only', async () => {
    const lines = await read('Name,Valid Until,Note\nA,31.01.2026,\nB,,\n');
    expect(lines.map(({ row }) => row?.name)).toEqual([undefined, 'B']);
    expect(lines[0]?.errors).toMatchObject([{ field: 'Valid Until', original: '31.01.2026' }]);
  });

  test('a file cut off anywhere never turns a period into an open one', async () => {
    const whole = 'Name,Note,Valid Until\nA,n,2026-01-31\nB,n,2026-02-28\n';
    for (let cut = 'Name,Note,Valid Until\n'.length; cut <= whole.length; cut += 1)
      for (const { row } of await read(whole.slice(0, cut)))
        if (row?.until === null) expect(whole.slice(0, cut)).toMatch(/,n,$/);
  });

  test('the header is found below titles, which are told apart; lines of a file without one are not', async () => {
    const lines = await read('Roster of March;;\n;;\nas of 2026-03-01;;\nName;Valid Until;Note\nA;;\n', {
      delimiter: ';',
    });
    expect(lines.map(({ position, ignored }) => [position, ignored])).toEqual([
      ['line 1', 'TITLE_ROW'],
      ['line 3', 'TITLE_ROW'],
      ['line 5', undefined],
    ]);
    const data = 'A,2026-01-31,\n'.repeat(100);
    expect(await heldBy(`${data}Name,Valid Until,Note\n${data}`)).toMatchObject({ position: 'line 1', field: 'Name' });
    expect(await heldBy(`x,y,z\nName,Valid Untill,Note\n${data}`)).toMatchObject({
      position: 'line 2',
      field: 'Valid Until',
    });
  });

  test('a column of somebody else is read as declared', async () => {
    const headers = {
      Name: { from: 'Who', lookup: { '1': 'ONE', '': 'NOBODY' } },
      'Valid Until': { from: 'End', format: ['dd.MM.yyyy', 'MM/dd/yyyy'], default: '' },
      Tags: { default: 'a;b' },
      Note: { from: 'Amount', as: 'money' },
    };
    expect(tableProblems({ headers }, ['Name', 'Valid Until', 'Tags', 'Note'])).toEqual([]);
    const lines = await read(
      'Who,End,Amount\n1,31.01.2026,"$1,5"\n1,01/31/2026,(12)\n1,2026-01-31,3-\n2,,\n',
      tableOptions({ headers }),
    );
    expect(lines.map(({ row }) => row)).toEqual([
      { name: 'ONE', until: '2026-01-31', tags: ['a', 'b'], note: '15' },
      { name: 'ONE', until: '2026-01-31', tags: ['a', 'b'], note: '-12' },
      null,
      null,
    ]);
    expect(lines.flatMap(({ errors }) => errors).map(({ field }) => field)).toEqual(['Valid Until', 'Name']);
  });

  test.each([
    [{ Nam: 'Who' }, 'Nam is not one of'],
    [{ Name: '' }, 'needs the header'],
    [{ Name: { form: 'Who' } }, 'did you mean from?'],
    [{ Name: { lookup: { a: 'b' } } }, 'needs from'],
    [{ Name: { from: 'Who', format: 'MM/dd' } }, 'format must have yyyy'],
    [{ Name: { from: 'Who', as: 'text' } }, 'as must be money'],
    [{ Name: { from: 'Who', lookup: { a: ['b'] } } }, 'lookup must map'],
  ])('headers %j are refused', (headers, expected) => {
    expect(tableProblems({ headers }, ['Name']).join('; ')).toContain(expected);
  });

  test('names of built-in properties are ordinary headers and cells', async () => {
    const [line] = await read('__proto__,constructor,Name,Valid Until,Note\na,b,__proto__,,toString\n');
    expect(line?.row).toMatchObject({ name: '__proto__', note: 'toStr' });
  });
});

test('an unknown option is told with the nearest known one', () => {
  expect(unknownOptions({ delimeter: ',' }, ['record', 'delimiter'])).toEqual([
    'unknown option delimeter, did you mean delimiter? (known: record, delimiter)',
  ]);
});
