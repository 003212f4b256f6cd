/** Allocation against a naive unit-by-unit model, and its laws. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type Demand, type Supply } from '../../src/reconcile/first-in-first-out.ts';
import { netCredits, type DocumentLine } from '../../src/reconcile/credits.ts';
import { fromThousandths, toThousandths } from '../../src/model/quantity.ts';

const day = fc.integer({ min: 1, max: 9 }).map((n) => `2026-03-0${n}`);
const demand = fc
  .uniqueArray(
    fc.record({
      dateOfService: day,
      rxNumber: fc.constantFrom('7', '12', '100', 'A1'),
      fillNumber: fc.integer({ min: 0, max: 2 }),
      quantity: fc.integer({ min: 1, max: 12 }),
    }),
    {
      selector: (one) => `${one.dateOfService}|${one.rxNumber}|${one.fillNumber}`,
      maxLength: 12,
    },
  )
  .map((list) =>
    list.map((one, index): Demand => ({ ...one, id: `d${index}`, ncpdp: '1234567', dispensingStatus: '' })),
  );
const supply = fc
  .array(fc.record({ invoiceDate: day, quantity: fc.integer({ min: 0, max: 20 }) }), { maxLength: 8 })
  .map((list) =>
    list.map((one, index): Supply => ({
      ...one,
      id: `s${index}`,
      invoiceNumber: `I${index}`,
      ordinal: 0,
      account: 'w|a',
    })),
  );

/** Unit by unit: the next free unit of demand takes the next free unit of supply. */
function naive(demands: Demand[], supplies: Supply[]): Map<string, number> {
  const rank = (one: Demand): string =>
    `${one.dateOfService}|${/^\d+$/.test(one.rxNumber) ? one.rxNumber.padStart(12, '0') : `~${one.rxNumber}`}|${one.fillNumber}`;
  const wants = [...demands]
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .flatMap((one) => Array.from({ length: one.quantity }, () => one.id));
  const has = [...supplies]
    .sort((a, b) => (`${a.invoiceDate}${a.invoiceNumber}` < `${b.invoiceDate}${b.invoiceNumber}` ? -1 : 1))
    .flatMap((one) => Array.from({ length: one.quantity }, () => one.id));
  const shares = new Map<string, number>();
  for (let unit = 0; unit < Math.min(wants.length, has.length); unit += 1) {
    const key = `${wants[unit] ?? ''}<${has[unit] ?? ''}`;
    shares.set(key, (shares.get(key) ?? 0) + 1);
  }
  return shares;
}

test('first in, first out equals the unit-by-unit model, in any order of input', () => {
  fc.assert(
    fc.property(demand, supply, fc.integer(), (demands, supplies, turn) => {
      const rotated = <T>(list: T[]): T[] =>
        list.length === 0
          ? list
          : [...list.slice(Math.abs(turn) % list.length), ...list.slice(0, Math.abs(turn) % list.length)];
      const shares = allocate(rotated(demands), rotated(supplies));
      const asMap = new Map(shares.map((share) => [`${share.dispenseId}<${share.invoiceLineId}`, share.quantity]));
      expect([...asMap].sort()).toEqual([...naive(demands, supplies)].sort());
    }),
    { numRuns: 500 },
  );
});

const line = (
  id: string,
  kind: 'INVOICE' | 'CREDIT',
  invoiceDate: string,
  quantity: number,
  originalInvoice = '',
): DocumentLine => ({ id, kind, invoiceNumber: id, originalInvoice, invoiceDate, ordinal: 0, quantity });

test('a credit reduces the invoice it names, else the latest line on or before its date; the rest is excess', () => {
  const named = netCredits([
    line('A', 'INVOICE', '2026-03-01', 100),
    line('B', 'INVOICE', '2026-03-05', 100),
    line('C', 'CREDIT', '2026-03-09', 130, 'A'),
  ]);
  expect([...named.effective]).toEqual([
    ['A', 0],
    ['B', 100],
  ]);
  expect(named.excess.get('C')).toBe(30);
  const latest = netCredits([
    line('A', 'INVOICE', '2026-03-01', 100),
    line('B', 'INVOICE', '2026-03-05', 100),
    line('L', 'INVOICE', '2026-03-20', 100),
    line('C', 'CREDIT', '2026-03-09', 40),
  ]);
  expect([...latest.effective]).toEqual([
    ['A', 100],
    ['B', 60],
    ['L', 100],
  ]);
  expect(latest.excess.get('C')).toBe(0);
});

test('credit and rebill of the same quantity is neutral', () => {
  const result = netCredits([
    line('A', 'INVOICE', '2026-03-01', 100),
    line('C', 'CREDIT', '2026-03-09', 100, 'A'),
    line('R', 'INVOICE', '2026-03-09', 100),
  ]);
  expect([...result.effective.values()].reduce((sum, one) => sum + one, 0)).toBe(100);
});

test('thousandths go there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (value) => toThousandths(fromThousandths(value)) === value),
  );
  expect(toThousandths('30')).toBe(30_000);
  expect(toThousandths('0.5000')).toBe(500);
  expect(() => toThousandths('1e3')).toThrow();
});
