/** Files of master and reference data for the proof `fuzz-files`: tables with quotes, the NDC directory, the register as JSON. */
import { format as fdaNdc } from '../../adapters/formats/fda-ndc/index.ts';
import { format as masterCsv } from '../../adapters/formats/master-csv/index.ts';
import { format as mefCsv } from '../../adapters/formats/mef-csv/index.ts';
import { format as opais } from '../../adapters/formats/opais/index.ts';
import { contextOf, fuzzed, oneOf, repeated, sample } from './fuzz-input.ts';

const TABLE_PIECES = [',', '"', '""', '\n', '\r', '\r\n', ';', ' ', '\u0000', '\u00E9', '2026-01-31', '9'.repeat(70)];
const ROSTER = sample('master-csv', 'prescribers.csv');
const ROSTER_HEAD = ROSTER.slice(0, ROSTER.indexOf('\n') + 1);
const ROSTER_LINE = '1000079198,"ROE, JR",ANN,DSH000111,2024-01-01,,,STAFF\n';

/** The reader of tables by layout. */
export const fuzzMaster = fuzzed({
  name: 'master-csv',
  format: masterCsv,
  text: oneOf([ROSTER, ROSTER_HEAD + ROSTER_LINE.repeat(3)]),
  contexts: [
    contextOf({ record: 'prescriberAffiliation' }),
    contextOf({ record: 'prescriberAffiliation', absent: 'ended' }),
  ],
  pieces: TABLE_PIECES,
  large: {
    rows: repeated(ROSTER_HEAD, ROSTER_LINE),
    columns: repeated(ROSTER_HEAD, ',A', '\n'),
    quotes: repeated(ROSTER_HEAD, '"', '\n'),
    'lines with one quote': repeated(ROSTER_HEAD, 'A,"B\n'),
    'quoted cells': repeated(ROSTER_HEAD, '"A""A",', '\n'),
    'quoted line breaks': repeated(`${ROSTER_HEAD}"`, '\r\n', '"\n'),
    'blank lines': repeated(ROSTER_HEAD, '\r\n'),
    'no line end': repeated(ROSTER_HEAD, 'ABCDEFGH'.repeat(50)),
    'an open quote': repeated(`${ROSTER_HEAD}"`, 'ABCDEFGH\n'.repeat(50)),
  },
});

const PACKAGES = sample('fda-ndc', 'package.txt');

/** The reader of the FDA's directory. */
export const fuzzDirectory = fuzzed({
  name: 'fda-ndc',
  format: fdaNdc,
  text: oneOf([PACKAGES, sample('fda-ndc', 'product.txt'), sample('fda-ndc', 'product-windows-1252.txt')]),
  contexts: [contextOf({})],
  pieces: ['\t', '\n', '\r\n', ' > ', ' in 1 ', '(', '*', '"', '.', '0', '20260131', '\u00E9', '\u0000'],
  large: {
    rows: repeated(PACKAGES.slice(0, PACKAGES.indexOf('\n') + 1), PACKAGES.slice(PACKAGES.indexOf('\n') + 1)),
    'levels of a package': repeated(PACKAGES.trimEnd(), '  > 3 BOX in 1 BOX', '\n'),
    columns: repeated(PACKAGES, '\t', '\n'),
  },
});

const EXCLUSIONS = sample('mef-csv', 'periods.csv');

/** The reader of the exclusion file: titles, then columns. */
export const fuzzExclusions = fuzzed({
  name: 'mef-csv',
  format: mefCsv,
  text: oneOf([EXCLUSIONS, sample('mef-csv', 'titles-whole-list.csv'), sample('mef-csv', 'mef.csv')]),
  contexts: [contextOf({}), contextOf({ quarter: '2026Q3', absent: 'ended' })],
  pieces: [...TABLE_PIECES, '13/31/2026', '2026Q3', 'Q3 2026', 'Start Date'],
  large: {
    rows: repeated(EXCLUSIONS, 'DSH,DSH000111,IL,7/1/2026,,,1\n'),
    'a long title': repeated('', '20260701 Q3 ', `\n${EXCLUSIONS}`),
  },
});

const REGISTER = sample('opais', 'daily.json');

/** The reader of the national register. */
export const fuzzRegister = fuzzed({
  name: 'opais',
  format: opais,
  text: oneOf([REGISTER, sample('opais', 'bare-array.json')]),
  contexts: [contextOf({})],
  pieces: ['{', '}', '[', ']', '"', '\\', '\\"', ',', ':', 'null', '"coveredEntities":[', ' ', '\u00E9', '1e999'],
  large: {
    entities: repeated('[{}', ',{"id340B":"DSH1","participating":"TRUE"}', ']'),
    depth: repeated('[{"a":', '['),
    'a long text': repeated('[{"id340B":"', 'A\\"'),
    blanks: repeated('[', ' ', ']'),
    'keys beside the list': repeated('{"a":1', ',"b":[1]', ',"coveredEntities":[]}'),
  },
});
