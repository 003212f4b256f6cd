/** NCPDP batches for the proof `fuzz-files`: runs of a few records of all kinds, as they come and with separators as text, damaged. */
import { format } from '../../adapters/formats/ncpdp-batch/index.ts';
import { contextOf, fuzzed, pick, repeated, sample } from './fuzz-input.ts';

/** The details of a sample, each with its marks. */
const detailsOf = (name: string): string[] =>
  sample('ncpdp-batch', name)
    .split('\u0002')
    .filter((record) => record.startsWith('G1'))
    .map((record) => `\u0002${record.trimEnd()}`);

const BATCH = sample('ncpdp-batch', 'request-and-response-runs.ncpdp');
const HEADER = BATCH.slice(0, BATCH.indexOf('\u0003') + 1);
const RESPONSES = HEADER.replace('00T', '00R');
const REQUEST_DETAILS = [...detailsOf('requests.ncpdp'), ...detailsOf('bad-fields.ncpdp')];
const RESPONSE_DETAILS = detailsOf('responses.ncpdp');
const [DETAIL = ''] = REQUEST_DETAILS;
const [ANSWER = ''] = RESPONSE_DETAILS;
const trailer = (records: number): string =>
  `\u000299${HEADER.slice(28, 35)}${String(records).padStart(10, '0')}${' '.repeat(35)}\u0003`;

const NOTATIONS: readonly (readonly string[])[] = [
  ['<STX>', '<ETX>', '<RS>', '<GS>', '<FS>'],
  ['^B', '^C', '^^', '^]', '^\\'],
  ['<02>', '<03>', '<1E>', '<1D>', '<1C>'],
  ['\\x02', '\\x03', '\\x1e', '\\x1d', '\\x1c'],
  ['\u00E2\u0090\u0082', '\u00E2\u0090\u0083', '\u00E2\u0090\u009E', '\u00E2\u0090\u009D', '\u00E2\u0090\u009C'],
];
const SIGNS = ['\u0002', '\u0003', '\u001E', '\u001D', '\u001C'];
const shown = (real: string, notation: readonly string[]): string =>
  SIGNS.reduce((so, sign, at) => so.replaceAll(sign, notation[at] ?? ''), real);

/** A run of up to three details. */
function run(random: () => number): string {
  const [header, details] = random() < 0.6 ? [HEADER, REQUEST_DETAILS] : [RESPONSES, RESPONSE_DETAILS];
  const picked = Array.from({ length: Math.floor(random() * 4) }, () => pick(details, random));
  const end = random() < 0.9 ? trailer(picked.length + (random() < 0.9 ? 2 : 3)) : '';
  return [random() < 0.95 ? header : '', ...picked, end].join(random() < 0.3 ? '\r\n' : '');
}

function text(random: () => number): string {
  const kind = random();
  const meant =
    kind < 0.85
      ? Array.from({ length: random() < 0.5 ? 2 : 1 }, () => run(random)).join('')
      : `${pick(REQUEST_DETAILS, random).slice(13, -1)}\r\n${pick(RESPONSE_DETAILS, random).slice(13, -1)}\n`;
  return random() < 0.2 ? shown(meant, pick(NOTATIONS, random)) : meant;
}

/** Details with references of their own. */
const numbered = (size: number, detail: string, order: (at: number) => number = (at) => at): string =>
  Array.from(
    { length: size },
    (_, at) => detail.slice(0, 3) + String(order(at)).padStart(10, '0') + detail.slice(13),
  ).join('');
/** Pieces of the syntax, real and as text, and letters beyond ASCII in both encodings. */
const PIECES = String.raw`G1 00 99 AM07 D2 D0B1 <FS> <RS> ^\ <FS>AM`
  .split(' ')
  .concat(SIGNS, ' ', '\r\n', '\u001A', '\u00E9', '\u00C3\u00A9');
const encoder = new TextEncoder();

/** The reader of NCPDP batches. */
export const fuzzNcpdp = fuzzed({
  name: 'ncpdp',
  format,
  text,
  contexts: [contextOf({}), contextOf({ acceptTest: true, expects: ['lineBreaks', 'endOfFile', 'textSeparators'] })],
  pieces: PIECES,
  large: {
    details: repeated(HEADER, DETAIL, trailer(2)),
    'requests and their responses': (size) =>
      encoder.encode(
        `${HEADER}${numbered(size, DETAIL)}${trailer(size + 2)}${RESPONSES}${numbered(size, ANSWER)}${trailer(size + 2)}`,
      ),
    'responses in reverse before their requests': (size) =>
      encoder.encode(
        `${RESPONSES}${numbered(size, ANSWER, (at) => size - 1 - at)}${trailer(size + 2)}${HEADER}${numbered(size, DETAIL)}${trailer(size + 2)}`,
      ),
    'details as text': repeated(
      shown(HEADER, NOTATIONS[0] ?? []),
      shown(DETAIL, NOTATIONS[0] ?? []),
      shown(trailer(2), NOTATIONS[0] ?? []),
    ),
    runs: repeated('', `${HEADER}${trailer(2)}`),
    'fields of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001CDK20', `\u0003${trailer(3)}`),
    'segments of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001E\u001CAM03', `\u0003${trailer(3)}`),
    'groups of one detail': repeated(`${HEADER}${DETAIL.slice(0, -1)}`, '\u001D', `\u0003${trailer(3)}`),
    'transactions of one detail': repeated(
      `${HEADER}${DETAIL.slice(0, -1)}`,
      '\u001D\u001E\u001CAM07\u001CD21',
      `\u0003${trailer(3)}`,
    ),
    'bare lines': repeated('', `${DETAIL.slice(13, -1)}\n`),
    'line breaks in a bare line': repeated(DETAIL.slice(13, -1), '\n\u001E\u001CAM03'),
    starts: repeated('', '\u0002'),
    'starts in a run': repeated(HEADER, '\u0002G1', trailer(2)),
    'no end': repeated(HEADER, 'ABCDEFGH'),
    'no end, as text': repeated(shown(HEADER + DETAIL, NOTATIONS[0] ?? []), 'ABC<STX'),
  },
});
