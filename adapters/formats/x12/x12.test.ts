import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantOf } from '../../../src/model/calendar.ts';
import { MONEY, PRICE, QUANTITY, readDecimal, unscaled } from '../../../src/model/decimal-text.ts';
import type { InvoiceRecord } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { inMemory, readAll } from '../../source.ts';
import { format } from './index.ts';
import { write810 } from './write.ts';
import type { InterchangeEnvelope } from './write-envelope.ts';

const zone = 'America/Denver';
const context: FormatContext = { feed: 'wholesaler', zone, sha256: '', options: {} };
const read = (text: string, options: FormatContext['options'] = {}): Promise<Parsed[]> =>
  readAll(format, new TextEncoder().encode(text), { ...context, options });

const envelope: InterchangeEnvelope = {
  senderId: 'EXAMPLEWHOLE',
  receiverId: 'HUB',
  controlNumber: 7,
  created: '2026-03-02T15:30:07',
};

const decimal = (max: bigint, width: typeof MONEY) =>
  fc.bigInt(0n, max).map((value) => readDecimal(unscaled(value, width.fraction), width) ?? '0');
const money = fc.bigInt(0n, 10n ** 9n).map((value) => unscaled(value, MONEY.fraction));
const word = fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{0,12}$/);
const line = fc.record({
  ndcText: fc.option(fc.stringMatching(/^\d{5}-\d{4}-\d{2}$/)),
  packages: decimal(10n ** 7n, QUANTITY),
  unitPrice: decimal(10n ** 9n, PRICE),
});

const invoice = fc
  .record({
    type: fc.constant('invoice' as const),
    wholesaler: fc.constant(envelope.senderId),
    accountNumber: word,
    invoiceNumber: word.map((text) => `N${text}`),
    invoiceDate: fc.constantFrom('2026-01-31', '2024-02-29', '2025-12-31'),
    kind: fc.constantFrom('INVOICE' as const, 'CREDIT' as const),
    originalInvoice: fc.option(word, { nil: '' }),
    purchaseOrder: fc.option(word, { nil: '' }),
    total: fc.option(money),
    allowances: money,
    charges: money,
    tax: money,
    createdAt: fc.constant(instantOf(envelope.created, zone)),
    lines: fc.array(line, { maxLength: 4 }),
  })
  .map((fields) => ({ ...fields, originalInvoice: fields.kind === 'CREDIT' ? fields.originalInvoice : '' }));

/** Line numbers and positions as the reader gives them. */
const placed = (invoices: (Omit<InvoiceRecord, 'lines'> & { lines: object[] })[]): InvoiceRecord[] =>
  invoices.map((one, st) => ({
    ...one,
    lines: one.lines.map((each, index) => ({
      ndcText: null,
      packages: '',
      unitPrice: '',
      ...each,
      lineNumber: String(index + 1),
      position: `ISA 1 GS 1 ST ${st + 1}/IT1 ${index + 1}`,
    })),
  }));

const separators = fc.constantFrom(
  { element: '*', component: '>', terminator: '~' },
  { element: '|', component: ':', terminator: '\n' },
  { element: '^', component: '>', terminator: '\\' },
  { element: '\u001D', component: '\u001F', terminator: '\u001C' },
);

describe('810', () => {
  test('what is written reads back equal, with any separators', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(invoice, { minLength: 1, maxLength: 4 }), separators, async (drawn, chosen) => {
        const invoices = placed(drawn);
        const parsed = await read(write810(invoices, { ...envelope, separators: chosen }));
        expect(parsed.flatMap(({ errors }) => errors)).toEqual([]);
        expect(parsed.map(({ records }) => records)).toEqual(invoices.map((one) => [one]));
      }),
    );
  });

  test('a file cut off anywhere gives every complete set and one error for the rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(invoice, { minLength: 1, maxLength: 3 }), fc.nat(), async (drawn, seed) => {
        const invoices = placed(drawn);
        const text = write810(invoices, envelope);
        const body = text.indexOf('ST*');
        const cut = text.slice(0, body + (seed % (text.length - body)));
        const parsed = await read(cut);
        const complete = [...cut.matchAll(/\nSE\*\d+\*\d{4}/g)].length;
        const records = parsed.flatMap((unit) => unit.records);
        expect(records).toEqual(invoices.slice(0, complete));
        const whole = /\nIEA\*1\*\d{9}/.test(cut);
        const errors = parsed.flatMap((unit) => unit.errors);
        expect(errors.length > 0).toBe(!whole);
        if (/\nST\*(?!.*\nSE\*)/s.test(cut.slice(cut.lastIndexOf('\nSE*') + 1)))
          expect(errors).toMatchObject([{ field: 'SE' }]);
      }),
      { numRuns: 300 },
    );
  });

  test('the writer refuses a separator inside a value', () => {
    const [one] = fc.sample(invoice, { numRuns: 1, seed: 1 });
    if (!one) throw new Error('no sample');
    expect(() => write810(placed([{ ...one, purchaseOrder: 'A*B' }]), envelope)).toThrow(RangeError);
  });

  test.each([
    [{}, 'SHIP'],
    [{ account: 'N1*BT' }, 'BILL'],
    [{ account: 'REF*ZZ' }, 'OTHER'],
  ])('with options %j the account is %s', async (options, account) => {
    const text = write810(placed(fc.sample(invoice, { numRuns: 1, seed: 2 })), envelope).replace(
      /N1\*ST\*\*91\*[^~]*~/,
      'REF*ZZ*OTHER~N1*RI*REMIT*91*REMIT~REF*11*BANK~N1*BT**91*BILL~N1*ST**91*SHIP~',
    );
    expect(format.checkOptions(options)).toEqual([]);
    const [first] = (await read(text, options)).flatMap(({ records }) => records);
    expect(first).toMatchObject({ accountNumber: account });
  });

  test('a rebill inside a credit with negative lines turns with them', async () => {
    const [drawn] = fc.sample(invoice, { numRuns: 1, seed: 3 });
    if (!drawn) throw new Error('no sample');
    const lines = ['-2', '0.5', '0'].map((packages) => ({ ndcText: null, packages, unitPrice: '1' }));
    const text = write810(placed([{ ...drawn, kind: 'CREDIT', total: '-1.50', lines }]), envelope);
    expect((await read(text))[0]?.records[0]).toMatchObject({
      total: '1.50',
      lines: [{ packages: '2' }, { packages: '-0.5' }, { packages: '0' }],
    });
  });

  test('options are checked', () => {
    expect(format.checkOptions({ acount: 'N1*BT', wholesaler: '' })).toHaveLength(2);
    expect(format.checkOptions({ account: 'BT' })).toHaveLength(1);
  });

  test('where the pieces of a file end makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(invoice, { minLength: 1, maxLength: 3 }),
        separators,
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom('', ' \r\n', '\u001A'),
        async (drawn, chosen, step, tail) => {
          const text = write810(placed(drawn), { ...envelope, separators: chosen });
          const bytes = new TextEncoder().encode(`\uFEFF${text}${text}${tail}`);
          const units: Parsed[] = [];
          for await (const some of format.read(inMemory(bytes, step), context)) units.push(...some);
          expect(units).toEqual(await readAll(format, bytes, context));
        },
      ),
    );
  });
});
