/** Claim files for the proof `fuzz-files`: NCPDP batches, delimited extracts and lines of fixed width, damaged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Format, FormatContext } from '../../adapters/contract.ts';
import { format as claimExtract } from '../../adapters/formats/claim-extract/index.ts';
import { format as ncpdpBatch } from '../../adapters/formats/ncpdp-batch/index.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { FuzzedReader } from './fuzz-files.ts';
import { damaged, pick, readInput } from './fuzz-input.ts';

/** A feed with these format options. */
export const contextOf = (options: Record<string, unknown>): FormatContext => ({
  feed: 'fuzz',
  zone: 'America/Chicago',
  sha256: '',
  options,
});
const encoder = new TextEncoder();
/** The text of a format's sample. */
export const sample = (format: string, name: string): string =>
  readFileSync(join('adapters', 'formats', format, 'samples', name), 'latin1');

/** What a reader is fuzzed with. */
export interface Seed {
  name: string;
  format: Format;
  texts: readonly string[];
  contexts: readonly FormatContext[];
  /** Pieces of its syntax. */
  pieces: readonly string[];
  large: FuzzedReader['large'];
}

/** A fuzzed reader. */
export function fuzzed({ name, format, texts, contexts, pieces, large }: Seed): FuzzedReader {
  const inputOf = (random: () => number): Uint8Array => {
    const kind = random();
    if (kind < 0.1) return Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));
    if (kind < 0.25)
      return encoder.encode(Array.from({ length: Math.floor(random() * 60) }, () => pick(pieces, random)).join(''));
    const text = pick(texts, random);
    const bytes = Buffer.from(damaged(random() < 0.2 ? text + pick(texts, random) : text, pieces, random), 'latin1');
    if (random() < 0.1 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return bytes;
  };
  return {
    name,
    async read(seed, index) {
      const random = seededRandom(seed * 1_000_003 + index);
      await readInput(format, inputOf(random), pick(contexts, random));
    },
    large,
    async readLarge(bytes) {
      for (const context of contexts) await readInput(format, bytes, context);
    },
  };
}

/** A large file: a piece again and again. */
export const repeated =
  (before: string, piece: string, after = '') =>
  (size: number): Uint8Array =>
    encoder.encode(`${before}${piece.repeat(size)}${after}`);

const BATCH = sample('ncpdp-batch', 'request-and-response-runs.ncpdp');
const HEADER = BATCH.slice(0, BATCH.indexOf('\u0003') + 1);
const DETAIL = BATCH.slice(HEADER.length, BATCH.indexOf('\u0003', HEADER.length) + 1);
const TRAILER = `\u000299${' '.repeat(7)}0000000002${' '.repeat(35)}\u0003`;

/** The reader of NCPDP batches. */
export const fuzzNcpdp = fuzzed({
  name: 'ncpdp',
  format: ncpdpBatch,
  texts: [BATCH],
  contexts: [contextOf({}), contextOf({ acceptTest: true })],
  pieces: [
    '\u0002',
    '\u0003',
    '\u001C',
    '\u001D',
    '\u001E',
    'G1',
    '00',
    '99',
    'AM07',
    'D2',
    'D0B1',
    ' ',
    '\r\n',
    '\u001A',
  ],
  large: {
    details: repeated(HEADER, DETAIL, TRAILER),
    'fields of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001CDK20', `\u0003${TRAILER}`),
    'segments of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001E\u001CAM03', `\u0003${TRAILER}`),
    'groups of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001D', `\u0003${TRAILER}`),
    starts: repeated('', '\u0002'),
    'no end': repeated(HEADER, 'ABCDEFGH'),
  },
});

const MAP = {
  status: { from: 'T', lookup: { B1: 'paid', B2: 'reversed' } },
  'pharmacy.ncpdp': 'N',
  'rx.number': 'R',
  'fill.number': { from: 'F', default: 0 },
  dateOfService: { from: 'D', format: 'MM/dd/yyyy' },
  ndc: 'P',
  quantity: 'Q',
  adjudicatedAt: { from: 'A', format: 'yyyy-MM-dd HH:mm:ss' },
  'amounts.totalPaid': 'M',
};
const NAMES = ['T', 'N', 'R', 'F', 'D', 'P', 'Q', 'A', 'M'];
const ROW = 'B1|5900011|1001|0|03/09/2026|70101010330|30.000|2026-03-09 10:00:00|$1,234.50';
const TABLE = `${NAMES.join('|')}\n${`${ROW}\n`.repeat(3)}`;
const RULES = { reversed_when: [{ from: 'Q', is: 'negative' }], reject_when: [{ from: 'M', is: 'negative' }] };

/** The reader of delimited extracts. */
export const fuzzDelimited = fuzzed({
  name: 'csv',
  format: claimExtract,
  texts: [TABLE, `${TABLE}TRL|3\n`, TABLE.replaceAll('1001', '"10""01"')],
  contexts: [
    contextOf({ delimiter: '|', map: MAP, ...RULES }),
    contextOf({ delimiter: '|', trailer: { prefix: 'TRL', count_in: 2, totals: [{ in: 2, of: 'M' }] }, map: MAP }),
    contextOf({ delimiter: '|', header: false, columns: NAMES, map: MAP }),
    contextOf({ delimiter: '|', encoding: 'utf-16le', map: MAP }),
  ],
  pieces: ['|', '"', '""', '\n', '\r\n', '\r', '\u0000', 'TRL|3', 'B2', '-', '(', ')', '\uFEFF', ROW],
  large: {
    rows: repeated(`${NAMES.join('|')}\n`, `${ROW}\n`, 'TRL|1\n'),
    columns: repeated(`${NAMES.join('|')}\n`, '|A', '\n'),
    quotes: repeated(`${NAMES.join('|')}\n`, '"', '\n'),
    'lines with one quote': repeated(`${NAMES.join('|')}\n`, 'A|"B\n'),
    'quoted cells': repeated(`${NAMES.join('|')}\n`, '"A""A"|', '\n'),
    'blank lines': repeated(`${NAMES.join('|')}\n`, '\r\n'),
    'no line end': repeated('', 'ABCDEFGH'),
  },
});

const FIXED: Record<string, [number, number]> = {
  T: [1, 2],
  N: [3, 7],
  R: [10, 9],
  F: [19, 2],
  D: [21, 10],
  P: [31, 11],
  Q: [42, 9],
  A: [51, 19],
  M: [70, 10],
};
const LINE = `B15900011     10010003/09/202670101010330   30.0002026-03-09 10:00:00      1.50\n`;

/** The reader of lines of fixed width. */
export const fuzzFixed = fuzzed({
  name: 'fixed-width',
  format: claimExtract,
  texts: [`HD\n${LINE}${LINE}TR000002      3.00\n`, LINE.repeat(4)],
  contexts: [
    contextOf({ fixed: FIXED, map: MAP, ...RULES }),
    contextOf({
      fixed: FIXED,
      records: { in: [1, 2], detail: ['B1', 'B2'], others: ['HD'] },
      trailer: { prefix: 'TR', count_in: [3, 6], totals: [{ in: [9, 10], of: 'M' }] },
      map: MAP,
    }),
  ],
  pieces: ['B1', 'B2', 'HD', 'TR', ' ', '\n', '\r', '-', '\u0000', '9'.repeat(20), LINE],
  large: {
    lines: repeated('', LINE, 'TR000001      1.00\n'),
    'a long line': repeated('', 'B1590001'),
    'short lines': repeated('', 'B1\n'),
  },
});
