/** A row says the same alone and among others, and wherever the steps end in which its file is read. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Parsed } from '../../contract.ts';
import { inMemory } from '../../source.ts';
import { format } from './index.ts';

const COLUMNS = ['STATUS', 'STORE', 'NPI', 'RX', 'FILL', 'DOS', 'ADJ', 'NDC', 'QTY', 'LAST', 'PAID', 'SCC', 'OTHER'];
const options = {
  delimiter: '|',
  map: {
    status: { from: 'STATUS', lookup: { PAID: 'paid', REV: 'reversed', '': 'rejected' } },
    'pharmacy.ncpdp': 'STORE',
    'pharmacy.npi': 'NPI',
    'rx.number': 'RX',
    'fill.number': 'FILL',
    dateOfService: 'DOS',
    adjudicatedAt: 'ADJ',
    ndc: 'NDC',
    quantity: 'QTY',
    'patient.lastName': { from: 'LAST', default: 'UNKNOWN' },
    'amounts.totalPaid': 'PAID',
    submissionClarification: 'SCC',
  },
  reject_when: [{ from: 'OTHER', in: ['NO'] }],
};

async function read(lines: readonly string[], step?: number): Promise<Parsed[]> {
  expect(format.checkOptions(options)).toEqual([]);
  const bytes = new TextEncoder().encode([COLUMNS.join('|'), ...lines, ''].join('\n'));
  const context = { feed: 'acme-claims', zone: 'America/Chicago', sha256: '', options };
  const units: Parsed[] = [];
  for await (const together of format.read(inMemory(bytes, step), context)) units.push(...together);
  return units;
}

/** Few texts, so that rows share them and a reading is found again: also where it would mean something else. */
const line = fc
  .tuple(
    fc.constantFrom('PAID', 'REV', '', 'LOST'),
    fc.constantFrom('1234567', ''),
    fc.constantFrom('1700000000', ''),
    fc.constantFrom('0077', '77', ''),
    fc.constantFrom('0', '', 'x'),
    fc.constantFrom('2026-03-02', '20260302', '2026-02-30', ''),
    fc.constantFrom(
      '2026-03-08 02:30',
      '2026-11-01T01:30:00',
      '2026-11-01T01:30:00.250',
      '2026-03-02T10:00:00+05:00',
      'x',
    ),
    fc.constantFrom('00093505601', ''),
    fc.constantFrom('30', '-30', '0', '', '1e3'),
    fc.constantFrom('DOE', ' DOE ', '\u00A0DOE', '"D""E"', '"D|E"', 'D\u0000E', 'M\u00FCLLER', '\u674E', ''),
    fc.constantFrom('1.50', '0.00', '(1.50)', '$1,234.5', '.', '12345678901.00', '123456789012.00'),
    fc.constantFrom('20', '20 42', '', 'A NOTE OF MORE THAN A FEW'),
    fc.constantFrom('', 'NO', 'one|too many'),
  )
  .map((cells) => cells.join('|'));

describe('a row', () => {
  test('says the same alone and among others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
        const together = await read(lines);
        expect(together).toHaveLength(lines.length);
        for (const [at, one] of lines.entries()) {
          const [alone] = await read([...lines.slice(0, at).map(() => ''), one]);
          expect(together[at]).toEqual(alone);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('says the same wherever steps end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(line, fc.constantFrom('', '"', '"a\nb"|c', 'x')), { maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        async (lines, step) => {
          const twice = lines.flatMap((one) => [one, one]);
          expect(await read(twice, step)).toEqual(await read(twice));
        },
      ),
      { numRuns: 150 },
    );
  });
});
