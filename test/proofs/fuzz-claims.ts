/** Claim extracts for the proof `fuzz-files`: delimited rows, quoted and not, and lines of fixed width, damaged. */
import { format as claimExtract } from '../../adapters/formats/claim-extract/index.ts';
import { contextOf, fuzzed, oneOf, pick, repeated } from './fuzz-input.ts';

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

/** The cells of a row as spreadsheets write them: all in quotes, some with a delimiter, a quote or a line break inside. */
function quotedRow(random: () => number): string {
  const cells = ROW.split('|').map((cell) => {
    const kind = random();
    if (kind < 0.3) return cell;
    const inside = kind < 0.4 ? '|' : kind < 0.5 ? '""' : kind < 0.6 ? '\n' : kind < 0.65 ? '\r\n' : '';
    return `"${cell}${inside}"`;
  });
  return `${cells.join('|')}\n`;
}

function delimitedText(random: () => number): string {
  const kind = random();
  if (kind < 0.5) return `${NAMES.join('|')}\n${quotedRow(random)}${quotedRow(random)}${kind < 0.1 ? 'TRL|2\n' : ''}`;
  return pick([TABLE, `${TABLE}TRL|3\n`, TABLE.replaceAll('1001', '"10""01"')], random);
}

/** The reader of delimited extracts. */
export const fuzzDelimited = fuzzed({
  name: 'csv',
  format: claimExtract,
  text: delimitedText,
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
  text: oneOf([`HD\n${LINE}${LINE}TR000002      3.00\n`, LINE.repeat(4)]),
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
