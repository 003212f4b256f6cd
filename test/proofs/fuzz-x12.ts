/** X12 for the proof `fuzz-files`: whole interchanges of all sets, damaged; segments in any order; bytes without meaning. */
import type { FormatContext } from '../../adapters/contract.ts';
import { format } from '../../adapters/formats/x12/index.ts';
import { writeInterchange, type WrittenSet } from '../../adapters/formats/x12/write-envelope.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { FuzzedReader } from './fuzz-files.ts';
import { damaged, pick, readInput } from './fuzz-input.ts';

const SETS: readonly WrittenSet[] = [
  {
    code: '810',
    segments: [
      ['BIG', '20260302', 'I-1', '', 'PO-1', '', '', 'CR'],
      ['REF', 'OI', 'I-0'],
      ['N1', 'ST', '', '91', '812'],
      ['IT1', '1', '-2', 'EA', '12.50', '', 'VC', '7', 'N4', '99001104801'],
      ['TDS', '-2500'],
      ['TXI', 'TX', '.10'],
      ['SAC', 'A', 'C310', '', '', '25'],
      ['CTT', '1'],
    ],
  },
  {
    code: '832',
    segments: [
      ['BCT', 'PC', 'C'],
      ['DTM', '092', '20260101'],
      ['LIN', '1', 'N4', '99001104801'],
      ['PO4', '1', '100'],
      ['CTP', 'WS', 'CON', '12.5', '1', 'EA'],
      ['DTM', '007', '20260301'],
      ['CTT', '1'],
    ],
  },
  {
    code: '855',
    segments: [
      ['BAK', '00', 'AC', 'PO-1', '20260302', '', '', '', 'S-1'],
      ['PO1', '1', '2', 'EA', '1', '', 'N4', '99001104801'],
      ['ACK', 'IA', '2', 'EA', '068', '20260303', '', 'N4', '99001104802'],
      ['CTT', '1'],
    ],
  },
  {
    code: '856',
    segments: [
      ['BSN', '00', 'SH-1', '20260302'],
      ['HL', '1', '', 'S'],
      ['HL', '2', '1', 'O'],
      ['PRF', 'PO-1'],
      ['HL', '3', '2', 'I'],
      ['LIN', '1', 'N4', '99001104801'],
      ['SN1', '1', '2', 'EA'],
    ],
  },
  {
    code: '997',
    segments: [
      ['AK1', 'PO', '17'],
      ['AK2', '850', '0001'],
      ['AK3', 'PO1', '4', '', '8'],
      ['AK4', '7', '234', '7'],
      ['AK5', 'R', '5'],
      ['AK9', 'R', '1', '1', '0'],
    ],
  },
];
const SEPARATORS = [
  { element: '*', component: '>', terminator: '~' },
  { element: '|', component: ':', terminator: '\n' },
  { element: '^', component: '>', terminator: '\\' },
  { element: '\u001D', component: '\u001F', terminator: '\u001C' },
];
const PIECES = [
  'ISA',
  'GS',
  'ST',
  'SE',
  'GE',
  'IEA',
  'TA1',
  'LIN',
  'HL',
  'AK2',
  '*',
  '~',
  '\r\n',
  ' ',
  '\uFEFF',
  '',
  '0',
  '810',
];
const CONTEXTS: readonly FormatContext[] = [
  { feed: 'fuzz', zone: 'America/Chicago', sha256: '', options: {} },
  { feed: 'fuzz', zone: 'UTC', sha256: '', options: { acknowledge: true, prices: { '*': '340B' }, account: 'REF*11' } },
];
const encoder = new TextEncoder();

function interchange(random: () => number): string {
  const sets = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(SETS, random));
  const separators = pick(SEPARATORS, random);
  return writeInterchange('IN', sets, {
    senderId: 'EXAMPLEWHOLE',
    receiverId: 'HUB',
    controlNumber: 7,
    created: '2026-03-02T15:30:07',
    // 005010 needs `^` for itself.
    version: random() < 0.5 || separators.element === '^' ? '004010' : '005010',
    separators,
  });
}

function inputOf(seed: number, index: number): Uint8Array {
  const random = seededRandom(seed * 1_000_003 + index);
  const kind = random();
  if (kind < 0.1) return Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));
  const head = interchange(random);
  if (kind < 0.3) {
    const pieces = Array.from({ length: Math.floor(random() * 60) }, () => pick(PIECES, random));
    return encoder.encode(head.slice(0, 107) + pieces.join(random() < 0.5 ? '*' : ''));
  }
  const text = damaged(random() < 0.2 ? head + interchange(random) : head, PIECES, random);
  const bytes = encoder.encode(text);
  if (random() < 0.1 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes;
}

const HEAD = writeInterchange('IN', [], {
  senderId: 'EXAMPLEWHOLE',
  receiverId: 'HUB',
  controlNumber: 7,
  created: '2026-03-02T15:30:07',
}).split('GE*')[0];
const repeated =
  (before: string, piece: string, after = '') =>
  (size: number): Uint8Array =>
    encoder.encode(`${HEAD}${before}${piece.repeat(size)}${after}`);
const END = '~SE*1*1~';

/** The reader of X12. */
export const fuzzX12: FuzzedReader = {
  name: 'x12',
  async read(seed, index) {
    const context = CONTEXTS[index % CONTEXTS.length];
    if (context) await readInput(format, inputOf(seed, index), context);
  },
  large: {
    sets: repeated('', 'ST*810*1~BIG*20260302*I~N1*ST**91*8~IT1*1*1*EA*1**N4*99001104801~TDS*100~SE*6*1~'),
    'lines of one invoice': repeated('ST*810*1~BIG*20260302*I~', 'IT1*1*1*EA*1**N4*99001104801~', END),
    'items of one catalogue': repeated('ST*832*1~BCT*PC~', 'LIN**N4*99001104801~CTP**CON*1~DTM*007*20260301~', END),
    'levels of one shipment': repeated('ST*856*1~BSN*00*S~', 'HL*1**O~LIN**N4*1~SN1**1~', END),
    'sets acknowledged': repeated('ST*997*1~AK1*PO*1~', 'AK2*850*1~AK3*PO1*1**8~AK5*R~', END),
    elements: repeated('ST*810*1~BIG*20260302*I~IT1', '*A', END),
    'empty elements': repeated('ST*810*1~BIG*20260302*I~IT1', '*', END),
    blanks: repeated('', '\r\n \t'),
    strays: repeated('', 'XX~'),
    interchanges: repeated('', 'ISA*00*~IEA~'),
    'no terminator': repeated('', 'ABCDEFGH'),
  },
  async readLarge(bytes) {
    for (const context of CONTEXTS.slice(1)) await readInput(format, bytes, context);
  },
};
