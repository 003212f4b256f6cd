/** The amounts of an 810 beside its lines: total (TDS), allowances and charges (SAC), taxes (TXI). All in cents. */
import { MONEY, readDecimal, scaled } from '../../../src/model/decimal-text.ts';
import type { RecordError } from '../../../src/model/records.ts';
import { invalid } from './envelope.ts';
import type { Segment } from './parse.ts';

/** Cents; `total` null = not stated or unreadable. */
export interface Amounts {
  total: bigint | null;
  allowances: bigint;
  charges: bigint;
  tax: bigint;
}

/** Type N2: whole cents, the decimal point is implied. A written point would say something else, so it is not read. */
const impliedCents = (text: string): bigint | null => (/^-?\d{1,14}$/.test(text) ? BigInt(text) : null);

/** Type R: the decimal point is written. */
function writtenCents(text: string): bigint | null {
  const value = readDecimal(text, MONEY);
  return value === null ? null : scaled(value, MONEY.fraction);
}

const isAdjustment = (segment: Segment): boolean =>
  segment.name === 'SAC' && ['A', 'C'].includes(segment.element(1).toUpperCase());

/** Taxes stand at lines and again in the summary, after TDS; the summary's are then the whole. */
function taxes(segments: readonly Segment[]): Segment[] {
  const all = segments.filter(({ name }) => name === 'TXI');
  if (all.length === 0) return all;
  const summary = segments.findIndex(({ name }) => name === 'TDS');
  const inSummary = segments.slice(Math.max(summary, 0)).filter(({ name }) => name === 'TXI');
  return summary >= 0 && inSummary.length > 0 ? inSummary : all;
}

/** Reads them; what cannot be read is an error and counts as nothing. */
export function readAmounts(segments: readonly Segment[], errors: RecordError[]): Amounts {
  const amounts: Amounts = { total: null, allowances: 0n, charges: 0n, tax: 0n };
  const tds = segments.find(({ name }) => name === 'TDS');
  if (tds) {
    amounts.total = impliedCents(tds.element(1));
    if (amounts.total === null)
      errors.push(invalid('TDS-01', 'expected whole cents with an implied decimal point', tds.element(1)));
  }
  for (const sac of segments.filter(isAdjustment)) {
    const cents = impliedCents(sac.element(5));
    if (cents === null)
      errors.push(invalid('SAC-05', 'expected whole cents with an implied decimal point', sac.element(5)));
    else if (sac.element(1).toUpperCase() === 'A') amounts.allowances += cents;
    else amounts.charges += cents;
  }
  for (const txi of taxes(segments)) {
    const cents = writtenCents(txi.element(2));
    if (cents === null && txi.element(2) !== '')
      errors.push(invalid('TXI-02', 'expected an amount with at most 2 decimals', txi.element(2)));
    else amounts.tax += cents ?? 0n;
  }
  return amounts;
}

/** Credits may be written with either sign; here, positive is what the wholesaler gives back. */
export function turned(amounts: Amounts, credit: boolean, negative: boolean): Amounts {
  if (!credit) return amounts;
  const { total } = amounts;
  const given = total !== null && total < 0n ? -total : total;
  if (!negative) return { ...amounts, total: given };
  return { total: given, allowances: -amounts.allowances, charges: -amounts.charges, tax: -amounts.tax };
}
