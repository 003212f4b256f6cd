/** Drafts of layouts that nobody has declared: kinds of lines, fields that touch, codes of a status, days that are births. */
import { describe, expect, test } from '@jest/globals';
import { inMemory } from '../../source.ts';
import { draftOf, type Draft } from './guess.ts';
import { format } from './index.ts';

async function drafted(lines: readonly string[]): Promise<Draft> {
  const draft = await draftOf(inMemory(Buffer.from(`${lines.join('\n')}\n`)));
  if (draft === null) throw new Error('nothing was drafted');
  return draft;
}
const rows = <T>(count: number, row: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => row(at));
const two = (value: number): string => String(value).padStart(2, '0');

describe('fixed width with kinds of lines', () => {
  const lines = [
    'HDR20261120SYNTHETIC',
    ...rows(30, (at) => `DTL5900011 ${4_000_100 + at * 7}AB${String(at % 10).repeat(3)} 201611${two((at % 28) + 1)}`),
    'TRL00000030',
  ];

  test('header, details and the trailer with its count are told by their letters; letters and digits that touch are parted', async () => {
    const { options } = await drafted(lines);
    expect(options).toMatchObject({
      fixed: { C1: [4, 7], C2: [12, 7], C3: [19, 2], C4: [21, 3], C5: [25, 8] },
      records: { in: [1, 3], detail: ['DTL'], others: ['HDR'] },
      trailer: { prefix: 'TRL', count_in: [4, 8] },
      map: { 'pharmacy.ncpdp': 'C1', 'rx.number': 'C2', dateOfService: { from: 'C5', format: 'yyyyMMdd' } },
    });
  });

  test('what is missing is said once, and fields of digits that touch are named', async () => {
    const touching = lines.map((line) => line.replace(/^DTL(\d{7}) (\d{7})/, 'DTL$100000$2'));
    const { notes, options } = await drafted(touching);
    expect(notes).toContain(
      'C1 (positions 4 to 22) holds several fields that touch: take their places from the layout',
    );
    expect(notes.filter((note) => note.includes('rx.number'))).toEqual([
      'no column was found for pharmacy.ncpdp or pharmacy.npi, rx.number, fill.number, ndc, quantity; without them every row is rejected',
    ]);
    expect(format.checkOptions(options)).not.toEqual([]);
  });

  test('lines of one kind have none', async () => {
    const { options } = await drafted(lines.slice(1, -1));
    expect(options['records']).toBeUndefined();
    expect(options['trailer']).toBeUndefined();
  });
});

test('days of birth are neither days of service nor prescription numbers', async () => {
  const { options } = await drafted(rows(30, (at) => `5900011,${1940 + at * 2}0${(at % 9) + 1}15,x${at},y`));
  expect(options['map']).toEqual({ 'pharmacy.ncpdp': 'C1', status: { default: 'paid' } });
});

describe('codes of a status', () => {
  const of = (codes: readonly string[]): Promise<Draft> =>
    drafted([
      'Rx Number,Store NCPDP,Rx Status,NDC',
      ...rows(40, (at) => `${700_100 + at},5900011,${codes[at % codes.length]},70101010330`),
    ]);

  test('words of pharmacy systems are known', async () => {
    const { options, notes } = await of(['Sold', 'Return To Stock', 'RTS', 'Completed']);
    expect(options['map']).toMatchObject({
      status: { lookup: { Sold: 'paid', 'Return To Stock': 'reversed', RTS: 'reversed', Completed: 'paid' } },
    });
    expect(notes.join('\n')).not.toContain('Rx Status:');
  });

  test('those that are not known are named once; values that are no codes are not', async () => {
    const { notes } = await of(['Sold', 'On Hold', 'Transferred']);
    expect(notes.filter((note) => note.startsWith('Rx Status:'))).toEqual([
      'Rx Status: the meaning of "On Hold", "Transferred" is not known; add it to map.status.lookup (paid, reversed, rebilled, rejected, captured, duplicate)',
    ]);
    const names = await of(rows(40, (at) => `SMITH${String.fromCharCode(65 + (at % 26))}${at}`));
    expect(names.notes.join('\n')).not.toContain('SMITH');
    expect(names.notes.join('\n')).toContain('Rx Status: the meaning of some values is not known');
  });
});
