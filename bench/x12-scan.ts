/**
 * `x12-scan`: bytes of 810 files to canonical invoices (segments, envelope, map), against cutting the same text at its
 * terminators and separators with `split`: what a reader in ten lines does, which checks nothing and maps nothing.
 */
import { FORMATS } from '../adapters/index.ts';
import { writeInterchange } from '../adapters/formats/x12/write-envelope.ts';
import { inMemory } from '../adapters/source.ts';
import { interleave, median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const INVOICES = 6_000;
const LINES = 30;
const MEGABYTE = 1_000_000;

/** An invoice as drug wholesalers write it: parties with addresses, a description and two product codes for each line. */
function invoiceSegments(number: number): string[][] {
  const account = String(100_000 + (number % 500));
  const lines = Array.from({ length: LINES }, (_, index) => {
    const product = String(99_001_000_000 + ((number * 7 + index * 131) % 90_000) * 10);
    const price = (3 + ((number + index * 17) % 9_000) / 7).toFixed(2);
    return [
      [
        'IT1',
        String(index + 1),
        String(1 + (index % 6)),
        'EA',
        price,
        '',
        'VC',
        String(700_000 + index),
        'N4',
        product,
      ],
      ['PID', 'F', '', '', '', `EXAMPLOL ${5 + index} MG TABLET 100 COUNT BOTTLE`],
      ['REF', 'LI', String(index + 1)],
    ];
  });
  return [
    ['BIG', '20260302', `I-${number}`, '20260227', `PO-${number}`, '', '', 'DI'],
    ['REF', 'IA', '99'],
    ['N1', 'BT', 'EXAMPLE GENERAL HOSPITAL', '91', account],
    ['N3', '1 EXAMPLE PLAZA'],
    ['N4', 'ANYTOWN', 'WI', '53001'],
    ['N1', 'ST', `CORNER PHARMACY ${account}`, '91', account],
    ['N3', '2 EXAMPLE STREET'],
    ['N4', 'ANYTOWN', 'WI', '53001'],
    ['ITD', '01', '3', '', '', '', '', '30'],
    ...lines.flat(),
    ['TDS', '123456'],
    ['CTT', String(LINES)],
  ];
}

function fileOf(invoices: number): Uint8Array {
  const sets = Array.from({ length: invoices }, (_, index) => ({ code: '810', segments: invoiceSegments(index + 1) }));
  const envelope = { senderId: 'EXAMPLEWHOLE', receiverId: 'HUB', controlNumber: 7, created: '2026-03-02T15:30:07' };
  return new TextEncoder().encode(writeInterchange('IN', sets, envelope));
}

async function scan(bytes: Uint8Array, invoices: number): Promise<number> {
  const context = { feed: 'wholesaler', zone: 'America/Chicago', sha256: '', options: {} };
  const started = performance.now();
  let lines = 0;
  for await (const units of FORMATS.get('x12')?.read(inMemory(bytes), context) ?? [])
    for (const record of units.flatMap(({ records }) => records))
      if (record.type === 'invoice') lines += record.lines.length;
  const seconds = (performance.now() - started) / 1000;
  if (lines !== invoices * LINES) throw new Error(`${invoices} invoices gave ${lines} lines`);
  return seconds;
}

function cut(bytes: Uint8Array): number {
  const started = performance.now();
  let elements = 0;
  for (const segment of new TextDecoder().decode(bytes).split('~')) elements += segment.split('*').length;
  if (elements === 0) throw new Error('nothing was cut');
  return (performance.now() - started) / 1000;
}

/** The bench. `--size` = invoices in the file. */
export const x12Scan: Bench = {
  name: 'x12-scan',
  about: 'invoices of a wholesaler, from bytes to records',
  run: async (options: BenchOptions): Promise<Figure[]> => {
    const invoices = options.size ?? INVOICES;
    const bytes = fileOf(invoices);
    const size = bytes.length / MEGABYTE;
    options.log(`${size.toFixed(1)} MB, ${invoices} invoices of ${LINES} lines`);
    await scan(bytes, invoices);
    const { measured, baseline } = await interleave(
      options.rounds,
      () => scan(bytes, invoices),
      () => Promise.resolve(cut(bytes)),
    );
    const [ours, plain] = [median(measured), median(baseline)];
    return [
      {
        bench: 'x12-scan',
        figure: 'segments-to-records',
        value: rounded(size / ours),
        unit: 'MB/s',
        ratio: rounded(plain / ours),
        against: `split by terminator and separator: ${rounded(size / plain)} MB/s`,
      },
    ];
  },
};
