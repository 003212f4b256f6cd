/** What the samples cannot show: declarations that are refused, dates, what is written comes back, damage, size. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { HeldPayload } from '../../contract.ts';
import type { Parsed } from '../../contract.ts';
import { readAll } from '../../source.ts';
import { instantOf } from '../../../src/model/calendar.ts';
import { compileFormat, readDate } from '../../tables/date-format.ts';
import { format } from './index.ts';
import { readRows } from './parse.ts';
import { readMoney, readQuantity } from './values.ts';
import type { ExtractRow } from './write.ts';
import { writeExtract } from './write.ts';

type Options = Record<string, unknown>;
const zone = 'America/Chicago';
const read = (bytes: Uint8Array, options: Options): Promise<Parsed[]> =>
  readAll(format, bytes, { feed: 'acme-claims', zone, sha256: '', options });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const required = {
  status: { from: 'TXN', lookup: { B1: 'paid', B2: 'reversed', B3: 'rebilled', X: 'rejected' } },
  'pharmacy.ncpdp': 'NCPDP',
  'rx.number': 'RX',
  'fill.number': 'FILL',
  dateOfService: { from: 'DOS', as: 'date', format: 'MM/dd/yyyy' },
  ndc: { from: 'NDC', as: 'ndc' },
  quantity: { from: 'QTY', as: 'decimal' },
};
const without = (target: string): Options =>
  Object.fromEntries(Object.entries(required).filter(([name]) => name !== target));

describe('the declaration', () => {
  test('a complete one has no problems', () => expect(format.checkOptions({ map: required })).toEqual([]));

  test.each(Object.keys(required))('without %s it is refused', (target) => {
    const problems = format.checkOptions({ map: without(target) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`map leaves out ${target}`);
  });

  test.each<[string, Options, string]>([
    ['unknown option', { delimeter: '|' }, 'unknown option delimeter; did you mean delimiter?'],
    ['no map', { map: undefined }, 'map must say which column'],
    [
      'unknown target',
      { map: { ...required, 'payer.bni': 'BIN' } },
      'map.payer.bni is not a target; did you mean payer.bin?',
    ],
    [
      'unknown kind',
      { map: { ...required, ndc: { from: 'NDC', as: 'number' } } },
      'map.ndc.as is not known; known are text',
    ],
    [
      'wrong kind',
      { map: { ...required, quantity: { from: 'QTY', as: 'date' } } },
      'map.quantity is read as decimal, not as date',
    ],
    [
      'unknown key',
      { map: { ...required, unit: { form: 'UOM' } } },
      'unknown option map.unit.form; did you mean from?',
    ],
    [
      'bad format',
      { map: { ...required, dateOfService: { from: 'D', format: 'MM/dd/yy' } } },
      'map.dateOfService.format has the unknown token y',
    ],
    ['bad lookup', { map: { ...required, status: { from: 'TXN', lookup: { B1: 'payed' } } } }, 'did you mean paid?'],
    ['status twice', { map: { ...required, code: 'C' } }, 'map one or the other'],
    ['no columns', { header: false }, 'columns must list'],
    [
      'missing column',
      { header: false, columns: ['TXN', 'NCPDP', 'RX', 'FILL', 'DOS', 'NDC', 'QTTY'] },
      'map.quantity names the column QTY',
    ],
    ['encoding', { encoding: 'ebcdic' }, 'encoding is not known'],
    ['delimiter', { delimiter: '"' }, 'delimiter must be'],
    ['trailer', { trailer: { prefix: 'T' } }, 'trailer needs either'],
  ])('%s is refused', (_, options, problem) => {
    expect(format.checkOptions({ map: required, ...options }).join('; ')).toContain(problem);
  });
});

describe('values', () => {
  test.each([
    ['MM/dd/yyyy', '03/02/2026', '2026-03-02'],
    ['M/d/yyyy', '3/2/2026', '2026-03-02'],
    ['dd-MMM-yyyy', '01-Mar-2015', '2015-03-01'],
    ['yyyyMMdd', '20260302', '2026-03-02'],
    ['MM/dd/yyyy', '3/2/2026', undefined],
    ['MM/dd/yyyy', '11/31/2026', undefined],
    ['MM/dd/yyyy', '03/02/2026 ', undefined],
    ["yyyy-MM-dd'T'HH:mm", '2026-03-02T24:00', undefined],
  ])('%s reads %s as %s', (declared, sent, date) => {
    const compiled = compileFormat(declared);
    if (typeof compiled === 'string') throw new Error(compiled);
    expect(readDate(sent, compiled)).toBe(date);
  });

  test.each([
    ['$1,234.5', '1234.50'],
    ['(12.50)', '-12.50'],
    ['12.5-', '-12.50'],
    ['-.5', '-0.50'],
    ['0012', '12.00'],
    ['1.2345', '1.2345'],
    ['-0.00', '0.00'],
    ['1,2', undefined],
    ['--1', undefined],
    ['', undefined],
    ['.', undefined],
  ])('money %s is %s', (sent, amount) => expect(readMoney(sent)).toBe(amount));

  test.each([
    ['30', '30.000'],
    ['2.5000', '2.500'],
    ['2.5001', undefined],
    ['1e3', undefined],
    ['-30.5', '-30.500'],
  ])('quantity %s is %s', (sent, quantity) => expect(readQuantity(sent)).toBe(quantity));

  test('bytes of another encoding are unreadable, not replaced', async () => {
    const options = { map: { ...required, 'patient.lastName': 'LAST' } };
    const row = 'B1,1234567,77,0,03/02/2026,00093505601,30,AM';
    const bytes = Uint8Array.from([...text(`TXN,NCPDP,RX,FILL,DOS,NDC,QTY,LAST\n${row}`), 0xe9]);
    const [unit] = await read(bytes, options);
    expect(unit).toMatchObject({ records: [{ patient: { familyName: null } }], errors: [{ field: 'LAST' }] });
    expect((await read(bytes, { ...options, encoding: 'windows-1252' }))[0]?.records).toMatchObject([
      { patient: { familyName: 'AM\u00E9' } },
    ]);
  });
});

const cell = fc.string({ unit: fc.constantFrom('A', '"', ',', '\n', ' ', '0', '\u00E9'), maxLength: 6 });
const word = (max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[A-Z0-9]{1,${max}}$`));
const name = fc.option(fc.stringMatching(/^[A-Z]{1,6}[ ,|"\n]?[A-Z]{1,6}$/));
const day = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const local = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 19));
const decimal = (scale: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: 9_999_999 }).map((n) => {
    const digits = String(n).padStart(scale + 1, '0');
    return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  });
const amount = fc.option(fc.tuple(fc.constantFrom('', '-'), decimal(2)).map((parts) => parts.join('')));
const row: fc.Arbitrary<ExtractRow> = fc
  .record({
    claim: fc.constantFrom(['B1', 'P'] as const, ['B2', 'A'] as const, ['B3', 'P'] as const, ['B1', 'R'] as const),
    providerId: word(7),
    rxNumber: fc.integer({ min: 1, max: 9_999_999 }).map(String),
    fillNumber: fc.integer({ min: 0, max: 99 }),
    dateOfService: day,
    dispensingStatus: fc.constantFrom('', 'P', 'C'),
    bin: word(6),
    pcn: fc.oneof(word(10), fc.constant('')),
    group: fc.oneof(word(10), fc.constant('')),
    cardholder: word(12),
    otherCoverage: fc.integer({ min: 0, max: 8 }),
    otherPayers: fc.array(fc.record({ bin: word(6), pcn: word(4), group: word(4) }), { maxLength: 1 }),
    adjudicatedLocal: fc.oneof(local, fc.constant('')),
    ndcText: fc.stringMatching(/^\d{11}$/),
    quantity: decimal(3),
    unit: fc.constantFrom('', 'EA', 'ML'),
    daysSupply: fc.option(fc.integer({ min: 0, max: 365 })),
    writtenDate: fc.option(day),
    prescriberQualifier: fc.constantFrom('01', '12'),
    prescriberId: fc.option(word(10)),
    patient: fc.record({
      familyName: name,
      givenName: name,
      birthDate: fc.option(day),
      sex: fc.option(fc.constantFrom('M', 'F')),
      identifier: fc.option(
        fc.record({ authority: fc.constant('MAINHOSP'), type: fc.constant('MR'), value: word(10) }),
      ),
    }),
    compound: fc.boolean(),
    submissionClarification: fc.array(fc.constantFrom('20', '8'), { maxLength: 2 }),
    basisOfCost: fc.constantFrom('', '08'),
    amounts: fc.record({ ingredientCost: amount, dispensingFee: amount, patientPay: amount, totalPaid: amount }),
  })
  .map(({ claim: [code, responseStatus], ...rest }) => ({ ...rest, code, responseStatus, providerQualifier: '07' }));

const wide = {
  ...required,
  unit: 'UOM',
  daysSupply: 'DAYS',
  dateWritten: { from: 'WRITTEN', format: 'dd-MMM-yyyy' },
  'prescriber.id': 'PRESCRIBER',
  'prescriber.qualifier': 'PRESCRIBER_Q',
  'payer.bin': 'BIN',
  'payer.pcn': 'PCN',
  'payer.group': 'GRP',
  'payer.cardholder': 'MEMBER',
  'otherPayer.bin': 'BIN2',
  'otherPayer.pcn': 'PCN2',
  'otherPayer.group': 'GRP2',
  otherCoverage: 'OCC',
  adjudicatedAt: { from: 'ADJ', format: 'M/d/yyyy h:mm:ss a' },
  'patient.lastName': 'LAST',
  'patient.firstName': 'FIRST',
  'patient.birthDate': 'DOB',
  'patient.sex': 'SEX',
  'patient.id': { from: 'MRN', authority: 'MAINHOSP' },
  'amounts.ingredientCost': 'ING',
  'amounts.dispensingFee': 'FEE',
  'amounts.patientPay': 'COPAY',
  'amounts.totalPaid': 'PAID',
  submissionClarification: 'SCC',
  basisOfCost: 'BASIS',
  compound: 'CMPD',
  dispensingStatus: 'DSP',
};

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

describe('the file', () => {
  test('what is written comes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 6 }),
        fc.constantFrom('|', ',', '\t'),
        fc.boolean(),
        async (rows, delimiter, defaults) => {
          const map = defaults ? { ...wide, adjudicatedAt: 'ADJ' } : wide;
          const options = { delimiter, map, trailer: { prefix: 'TRL', count_in: 2 } };
          expect(format.checkOptions(options)).toEqual([]);
          const units = await read(writeExtract(rows, options), options);
          expect(units.flatMap((unit) => unit.errors)).toEqual([]);
          let line = 2;
          const expected = rows.map(({ adjudicatedLocal, ...claim }) => {
            const ordinal = line;
            const names = [claim.patient.familyName, claim.patient.givenName];
            line += 1 + names.join('').split('\n').length - 1;
            return {
              ...claim,
              type: 'claim',
              adjudicatedAt: adjudicatedLocal === '' ? null : instantOf(adjudicatedLocal, zone),
              batchCreatedAt: null,
              batchId: '',
              batchReference: '',
              transactionIndex: 1,
              ordinal,
              productQualifier: '03',
            };
          });
          expect(units.flatMap((unit) => unit.records)).toEqual(expected);
          expect(units.map((unit) => unit.position)).toEqual(expected.map(({ ordinal }) => `line ${ordinal}`));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('rows are cut as csv-parse cuts the whole', () => {
    const line = fc.array(fc.oneof(cell.map(quoted), fc.stringMatching(/^[A-Z0-9 ]{0,4}$/)), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const whole = lines.map((cells) => cells.join(',')).join('\n');
        const expected: string[][] = parse(whole, { relax_column_count: true, skip_empty_lines: true });
        const rows = [...readRows(whole, { delimiter: ',', width: 3 })].map((found) => found.cells);
        expect(rows).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('two damaged quotes do not swallow what stands between them', () => {
    const rows = [...readRows('"W,b,c\nx,y",z\n1,2,3', { delimiter: ',', width: 3 })];
    expect(rows.map((found) => found.cells)).toEqual([null, ['x', 'y"', 'z'], ['1', '2', '3']]);
    expect(rows.map((found) => found.line)).toEqual([1, 2, 3]);
  });

  test('any bytes throw nothing but HeldPayload', async () => {
    const options = {
      delimiter: '|',
      header: false,
      columns: Object.values(wide).map((m) => (typeof m === 'string' ? m : m.from)),
      map: wide,
    };
    expect(format.checkOptions(options)).toEqual([]);
    const part = fc.constantFrom('|', '"', '\n', '\r', 'B1', '03/02/2026', '1', '-', '\uFEFF', '__proto__', '\0');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 150 }), async (parts) => {
        try {
          await read(text(parts.join('')), options);
          await read(text(`TXN|${parts.join('')}`), { delimiter: '|', map: required, trailer: { count_in: 1 } });
        } catch (error) {
          expect(error).toBeInstanceOf(HeldPayload);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['quotes', '"'],
    ['open quotes', '"a|\n'],
    ['line ends', '\n'],
    ['delimiters', '|'],
    ['digits', '1'],
    ['lines without delimiters', '1\n'],
  ])('a megabyte of %s comes to its end: in other than linear time it would not', async (_, part) => {
    const columns = Object.values(required).map((m) => (typeof m === 'string' ? m : m.from));
    const declared = { delimiter: '|', header: false, columns, map: required };
    for (const unit of await read(text(part.repeat(1_000_000 / part.length)), declared))
      expect(unit).toMatchObject({ records: [], errors: [{ code: 'RECORD_INVALID' }] });
  });

  test('errors of a reversal are numbered as they always were: its quantity before its product', async () => {
    const map = { ...required, ndc: { from: 'NDC', lookup: { A: '00093505601' } } };
    const [unit] = await read(text('TXN,NCPDP,RX,FILL,DOS,NDC,QTY\nB2,1234567,77,,03/02/2026,B,1e3\n'), { map });
    expect(unit?.errors.map(({ field }) => field)).toEqual(['QTY', 'NDC']);
    expect(unit?.records).toHaveLength(1);
  });

  test('a trailer counts records, or all lines when declared', async () => {
    const body = 'TXN,NCPDP,RX,FILL,DOS,NDC,QTY\nB1,1234567,77,0,03/02/2026,00093505601,30\n';
    const last = async (trailer: Options, line: string): Promise<Parsed | undefined> =>
      (await read(text(body + line), { map: required, trailer })).at(-1);
    expect((await last({ prefix: 'TRL', count_in: 2 }, 'TRL,1'))?.position).toBe('line 2');
    expect(await last({ prefix: 'TRL', count_in: 2 }, 'TRL,3')).toMatchObject({
      position: 'trailer',
      errors: [{ field: 'trailer' }],
    });
    expect((await last({ count_column: 'QTY', counts: 'lines' }, ',,,,,,3'))?.position).toBe('line 2');
    await expect(last({ count_in: 2 }, 'END,OF FILE')).rejects.toThrow(HeldPayload);
  });
});
