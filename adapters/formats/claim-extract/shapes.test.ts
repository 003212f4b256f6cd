/** Files that are not one delimited table: fixed width, kinds of records, totals, workbooks; and signs that vendors use. */
import { describe, expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';
import { HeldPayload, type Parsed } from '../../contract.ts';
import { readAll } from '../../source.ts';
import type { ClaimRecord } from '../../../src/model/records.ts';
import { format } from './index.ts';

type Options = Record<string, unknown>;
const read = (bytes: Uint8Array, options: Options): Promise<Parsed[]> => {
  expect(format.checkOptions(options)).toEqual([]);
  return readAll(format, bytes, { feed: 'acme-claims', zone: 'America/Chicago', sha256: '', options });
};
const text = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`);
const claims = (units: readonly Parsed[]): ClaimRecord[] =>
  units.flatMap(({ records }) => records.filter((record): record is ClaimRecord => record.type === 'claim'));
const errors = (units: readonly Parsed[]): string[] =>
  units.flatMap(({ position, errors: found }) => found.map(({ field, message }) => `${position} ${field}: ${message}`));

const map = {
  status: { default: 'paid' },
  'pharmacy.ncpdp': 'STORE',
  'rx.number': 'RX',
  'fill.number': 'FILL',
  dateOfService: { from: 'DOS', format: 'yyyyMMdd' },
  ndc: 'NDC',
  quantity: 'QTY',
  'amounts.totalPaid': 'PAID',
};

describe('fixed width, with a header, details and a trailer that counts and adds up', () => {
  const fixed = {
    KIND: [1, 3],
    STORE: [4, 7],
    RX: [11, 9],
    FILL: [20, 2],
    DOS: [22, 8],
    NDC: [30, 11],
    QTY: [41, 8],
    PAID: [49, 9],
  };
  const options: Options = {
    fixed,
    records: { in: [1, 3], detail: ['DET'], others: ['HDR'] },
    trailer: { prefix: 'TLR', count_in: [4, 6], totals: [{ in: [10, 12], of: 'PAID' }] },
    map,
  };
  const header = 'HDR20260310ACME      ';
  const detail = (rx: string, quantity: string, paid: string): string =>
    `DET5900011${rx.padStart(9)}002026030970101010330${quantity.padStart(8)}${paid.padStart(9)}`;

  test('details are claims, the rest is counted', async () => {
    const units = await read(
      text([header, detail('1001', '30.000', '12.50'), detail('1002', '90', '7.25'), 'TLR000002       19.75']),
      options,
    );
    expect(errors(units)).toEqual([]);
    expect(claims(units)).toMatchObject([
      {
        rxNumber: '1001',
        quantity: '30.000',
        dateOfService: '2026-03-09',
        ordinal: 2,
        amounts: { totalPaid: '12.50' },
      },
      { rxNumber: '1002', quantity: '90.000', ordinal: 3 },
    ]);
  });

  test('a wrong count and a wrong total are told; every record is read', async () => {
    const units = await read(text([header, detail('1001', '30', '12.50'), 'TLR000003       19.75']), options);
    expect(claims(units)).toHaveLength(1);
    expect(errors(units)).toEqual([
      'trailer trailer: the count does not fit: 1 found',
      'trailer total of PAID trailer: the total does not fit: the rows add up to 12.50',
    ]);
  });

  test('a kind of line that nobody declared is refused alone; without a trailer the file is held', async () => {
    const units = await read(
      text([header, 'XYZ whatever', detail('1001', '30', '1'), 'TLR000002        1.00']),
      options,
    );
    expect(errors(units)).toEqual(['line 2 records: the kind of the line is none of the declared']);
    expect(claims(units)).toHaveLength(1);
    await expect(read(text([header, detail('1001', '30', '1')]), options)).rejects.toThrow(HeldPayload);
  });

  test('a line that ends early has empty cells there', async () => {
    const short = detail('1001', '30', '1').slice(0, 48);
    const units = await read(text([header, short, 'TLR000001        0.00']), options);
    expect(claims(units)[0]?.amounts.totalPaid).toBeNull();
  });
});

describe('signs of a reversal', () => {
  const options: Options = {
    reversed_when: [
      { from: 'QTY', is: 'negative' },
      { from: 'MARK', in: ['2', 'D'] },
    ],
    rebilled_when: [{ from: 'MARK', in: ['1'] }],
    ignored_when: [{ from: 'STORE', is: 'empty' }],
    reject_when: [{ from: 'PAID', is: 'negative' }],
    map,
  };
  const file = (...rows: string[]): Uint8Array => text(['STORE,RX,FILL,DOS,NDC,QTY,PAID,MARK', ...rows]);

  test.each([
    ['30,5.00,0', 'B1', 'P', '30.000'],
    ['-30,5.00,0', 'B2', 'A', '30.000'],
    ['30,5.00,D', 'B2', 'A', '30.000'],
    ['30,5.00,1', 'B3', 'P', '30.000'],
  ])('%s is %s', async (cells, code, responseStatus, quantity) => {
    const units = await read(file(`5900011,1001,0,20260309,70101010330,${cells}`), options);
    expect(claims(units)).toMatchObject([{ code, responseStatus, quantity }]);
  });

  test('rows that are not wanted are ignored or refused', async () => {
    const units = await read(
      file(',1001,0,20260309,70101010330,30,5,0', '5900011,1002,0,20260309,70101010330,30,(5.00),0'),
      options,
    );
    expect(units[0]?.ignored).toBe('IGNORED_BY_RULE');
    expect(errors(units)).toEqual(['line 3 PAID: the feed refuses rows with this value (reject_when)']);
  });

  test('a rule about a column that the header lacks holds the file', async () => {
    await expect(read(text(['STORE,RX,FILL,DOS,NDC,QTY,PAID']), options)).rejects.toThrow(HeldPayload);
  });
});

test('a header that has changed is told once, and read by its names', async () => {
  const known = ['STORE', 'RX', 'FILL', 'DOS', 'NDC', 'QTY', 'PAID', 'CLERK'];
  const units = await read(
    text(['RX,STORE,FILL,DOS,NDC,QTY,PAID,DRAWER', '1001,5900011,0,20260309,70101010330,30,5,7']),
    { known_columns: known, map },
  );
  expect(claims(units)).toMatchObject([{ rxNumber: '1001', providerId: '5900011' }]);
  expect(errors(units)).toEqual(['line 1 known_columns: the header has changed: 1 columns are new; it lacks CLERK']);
});

describe('a workbook', () => {
  const workbook = async (): Promise<Uint8Array> => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('Notes').addRow(['read me']);
    const sheet = book.addWorksheet('Claims');
    sheet.addRow(['Dispensing report of March']);
    sheet.addRow(['STORE', 'RX', 'FILL', 'DOS', 'NDC', 'QTY', 'PAID']);
    sheet.addRow(['5900011', 1001, 0, new Date('2026-03-09T00:00:00Z'), '70101010330', 30, 0.1 + 0.2]);
    sheet.addRow(['5900011', '1002', 1, '2026-03-10', { formula: 'A1', result: '70101010330' }, 2.5]);
    sheet.addRow(['5900011', '1003', 1, 'someday', '70101010330', 30, 1]);
    return new Uint8Array(await book.xlsx.writeBuffer());
  };
  const options: Options = { sheet: 'Claims', skip: 1, map: { ...map, dateOfService: 'DOS' } };

  test('numbers, dates, formulas and missing cells read as the text they show', async () => {
    const units = await read(await workbook(), options);
    expect(claims(units)).toMatchObject([
      { rxNumber: '1001', dateOfService: '2026-03-09', quantity: '30.000', amounts: { totalPaid: '0.30' } },
      { rxNumber: '1002', dateOfService: '2026-03-10', quantity: '2.500', amounts: { totalPaid: null } },
    ]);
    expect(errors(units)).toEqual(['line 5 DOS: is not a day of the declared format']);
  });

  test('another sheet, and bytes that are no workbook, hold the file', async () => {
    const bytes = await workbook();
    await expect(read(bytes, { ...options, sheet: 'Sales' })).rejects.toThrow('no such sheet');
    await expect(read(bytes.subarray(0, 900), options)).rejects.toThrow(HeldPayload);
    await expect(read(text(['STORE,RX']), options)).rejects.toThrow(HeldPayload);
  });
});

test.each<[Options, string]>([
  [{ fixed: { A: [1, 3], B: [3, 2] }, map }, 'fixed.B overlaps fixed.A'],
  [{ fixed: { A: [0, 3] }, map }, 'fixed.A must be [first position from 1, length]'],
  [{ fixed: { A: [1, 3] }, delimiter: '|', map }, 'delimiter is for delimited files'],
  [{ sheet: 1, trailer: { count_in: 1 }, map }, 'trailer is for text files'],
  [{ records: { in: 1, detail: [] }, map }, 'records.detail must name'],
  [{ reversed_when: [{ from: 'A' }], map }, 'reversed_when[1] must be'],
  [{ reversed_when: [{ form: 'A', is: 'empty' }], map }, 'did you mean from?'],
  [{ map: { ...map, status: { from: 'T', lookup: { 'B1 ': 'paid' } } } }, 'can never be met'],
  [{ map: { ...map, 'payer.bin': { from: 'T', lookup: { '': '1' }, default: '2' } } }, 'default can never be met'],
])('%j is refused', (options, problem) => {
  expect(format.checkOptions(options).join('\n')).toContain(problem);
});
