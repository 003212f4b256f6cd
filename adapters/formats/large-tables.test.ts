/**
 * Files of master and reference data are read in bounded memory: a file of many megabytes that is nowhere in memory, and of
 * which no reader may ask for more than a step at a time.
 */
import { expect, test } from '@jest/globals';
import type { Parsed, Source } from '../contract.ts';
import { FORMATS } from '../index.ts';

const STEP = 64 * 1024;

interface LargeFile {
  format: string;
  options: Record<string, unknown>;
  head: string;
  /** Line `n`; all of one length. */
  line: (n: string) => string;
}

const FILES: LargeFile[] = [
  {
    format: 'fda-ndc',
    options: {},
    head: 'PRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\n',
    line: (n) =>
      `9${n.slice(0, 4)}-${n.slice(4)}\t9${n.slice(0, 4)}-${n.slice(4)}-01\t3 BLISTER PACK in 1 CARTON (9${n.slice(0, 4)}-${n.slice(4)}-01)  > 10 TABLET, FILM COATED in 1 BLISTER PACK\n`,
  },
  {
    format: 'master-csv',
    options: { record: 'drugPrice' },
    head: 'NDC,Account Type,Package Price,Effective From,Effective To\n',
    line: (n) => `999${n},340B,12.3456,2026-01-01,2026-12-31\n`,
  },
  {
    format: 'nadac-csv',
    options: {},
    head: 'NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit\n',
    line: (n) => `"EXAMPLE, ${n}",999${n},0.27781,03/01/2026,EA\n`,
  },
  {
    format: 'mef-csv',
    options: {},
    head: 'Quarter,340B ID,State,Medicaid Number,NPI\n',
    line: (n) => `2026Q1,DSH${n},IL,${n},\n`,
  },
];

/** The bytes of a file with so many lines, made where they are asked for. */
function sourceOf({ head, line }: LargeFile, lines: number, encode: (text: string) => Uint8Array): Source {
  const first = encode(head);
  const width = encode(line('00000000')).length;
  return {
    size: first.length + width * lines,
    step: STEP,
    read(from, to) {
      if (to - from > STEP) throw new RangeError(`${to - from} bytes asked for at once`);
      const begin = Math.max(0, Math.floor((from - first.length) / width));
      const end = Math.min(lines, Math.ceil((to - first.length) / width));
      let text = begin === 0 && from < first.length ? head : '';
      for (let n = begin; n < end; n += 1) text += line(String(n).padStart(8, '0'));
      const offset = begin === 0 && from < first.length ? 0 : first.length + begin * width;
      return Promise.resolve(encode(text).subarray(from - offset, to - offset));
    },
  };
}

async function read(file: LargeFile, source: Source) {
  const format = FORMATS.get(file.format);
  if (!format) throw new Error(`no format ${file.format}`);
  const context = { feed: 'large', zone: 'UTC', sha256: '', options: file.options };
  const first: Parsed[] = [];
  let last: Parsed | undefined;
  let records = 0;
  let errors = 0;
  for await (const units of format.read(source, context))
    for (const unit of units) {
      if (first.length < 2) first.push(unit);
      last = unit;
      records += unit.records.length;
      errors += unit.errors.length;
    }
  return { first, last, records, errors };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const LINES = 40_000;

test.each(FILES.map((file) => [file.format, file] as const))('%s is read step by step', async (_, file) => {
  const { records, errors } = await read(file, sourceOf(file, LINES, utf8));
  expect([records, errors]).toEqual([LINES, 0]);
});

test('bytes of windows-1252 are told by the whole file, wherever they stand', async () => {
  const [file] = FILES;
  if (!file) throw new Error('no file');
  const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const accented: LargeFile = {
    ...file,
    line: (n) => file.line(n).replace('TABLET', n === '00039999' ? 'TABL\u00C9T' : 'TABLET'),
  };
  const { records, first, last } = await read(accented, sourceOf(accented, LINES, latin));
  expect(records).toBe(LINES);
  expect(first[0]?.records).toMatchObject([{ row: { packageSize: '30', unit: 'EA' } }]);
  expect(last?.records).toMatchObject([{ row: { description: expect.stringContaining('TABLÉT') } }]);
  const utf = await read(file, sourceOf(file, LINES, utf8));
  expect(first).toEqual(utf.first);
});
