import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  amountInCents,
  MONEY,
  negated,
  PRICE,
  QUANTITY,
  readDecimal,
  scaled,
  unscaled,
} from '../../src/model/decimal-text.ts';

describe('decimals as text', () => {
  test.each([
    ['12', '12'],
    ['-12.50', '-12.5'],
    ['+.5', '0.5'],
    ['007.', '7'],
    ['-0.00', '0'],
    [' 30.000 ', '30'],
  ])('%s is %s', (text, expected) => {
    expect(readDecimal(text, QUANTITY)).toBe(expected);
  });

  test.each(['', '.', '-', '1,234', '1e3', '0x10', '12.3456', '123456789012', '--1', '１２', '9'.repeat(5000)])(
    '%s is no quantity',
    (text) => {
      expect(readDecimal(text, QUANTITY)).toBeNull();
    },
  );

  test('equal values have equal text, whatever zeros are written around them', () => {
    const value = fc.bigInt(-(10n ** 14n) + 1n, 10n ** 14n - 1n);
    fc.assert(
      fc.property(value, fc.nat(5), fc.boolean(), (whole, zeros, plus) => {
        const exact = unscaled(whole, MONEY.fraction);
        const sign = exact.startsWith('-') ? '-' : plus ? '+' : '';
        const padded = `${sign}${'0'.repeat(zeros)}${exact.replace('-', '')}${'0'.repeat(zeros)}`;
        const read = readDecimal(padded, MONEY);
        expect(read).toBe(readDecimal(exact, MONEY));
        expect(scaled(read ?? '', MONEY.fraction)).toBe(whole);
        expect(negated(negated(read ?? ''))).toBe(read);
      }),
    );
  });

  test.each([
    ['1', '12.345', 1235n],
    ['-1', '12.345', -1235n],
    ['1', '12.3449', 1234n],
    ['0.001', '4.9999', 0n],
    ['0.001', '5', 1n],
  ])('%s packages at %s are %s cents: rounded half away from zero', (packages, price, cents) => {
    expect(amountInCents(readDecimal(packages, QUANTITY) ?? '', readDecimal(price, PRICE) ?? '')).toBe(cents);
  });
});
