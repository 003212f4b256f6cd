/** What senders do to a file on its way: separators shown as text, line breaks, a DOS end of file. Read alike, and told. */
import { describe, expect, test } from '@jest/globals';
import type { Parsed } from '../../contract.ts';
import { inMemory, readAll } from '../../source.ts';
import { handBack } from '../../rejects/index.ts';
import { format } from './index.ts';
import { type ClaimAnswer, type ClaimRequest, writeBatch } from './write.ts';

const context = { feed: 'walgreens-batch', zone: 'America/Chicago', sha256: '', options: {} };

const claim = (number: number): ClaimRequest => ({
  code: 'B1',
  batchReference: String(number).padStart(10, '0'),
  transactionIndex: 1,
  providerQualifier: '07',
  providerId: '1234567',
  dateOfService: '2026-03-02',
  bin: '990001',
  pcn: 'PCN',
  group: 'GRPA',
  cardholder: `MEMBER${number}`,
  patient: {
    familyName: 'SAMPLEWOOD-ANDERSON',
    givenName: 'AVERY',
    birthDate: '1975-04-09',
    sex: 'F',
    identifier: { authority: '', type: 'MR', value: `M${number}` },
  },
  rxNumber: String(7000 + number),
  fillNumber: 1,
  dispensingStatus: '',
  otherCoverage: 0,
  otherPayers: [],
  ndcText: '00093505601',
  productQualifier: '03',
  quantity: '30.000',
  unit: 'EA',
  daysSupply: 30,
  writtenDate: '2026-03-01',
  prescriberQualifier: '01',
  prescriberId: '1234567893',
  submissionClarification: ['20', '99'],
  basisOfCost: '08',
  compound: false,
  amounts: { ingredientCost: '35.97', dispensingFee: '1.50', patientPay: null, totalPaid: null },
});
const answer = ({ code, batchReference, transactionIndex, providerId, rxNumber }: ClaimRequest): ClaimAnswer => ({
  code,
  batchReference,
  transactionIndex,
  responseStatus: 'P',
  providerQualifier: '07',
  providerId,
  dateOfService: '2026-03-02',
  rxNumber,
  amounts: { ingredientCost: null, dispensingFee: null, patientPay: '5.00', totalPaid: `${Number(rxNumber)}.25` },
});

/** A batch with its responses in an order of their own. */
function fileOf(count: number, order: (answers: ClaimAnswer[]) => ClaimAnswer[] = (same) => same): string {
  const requests = Array.from({ length: count }, (_, at) => claim(at + 1));
  const { requestFile, responseFile } = writeBatch({
    sender: 'PHARMACY',
    batchId: '0000007',
    createdAt: '2026-03-08T02:30',
    requests,
    responses: order(requests.map(answer)),
  });
  return Buffer.concat([requestFile, responseFile]).toString('latin1');
}

const read = (text: string, options: Record<string, unknown> = {}): Promise<Parsed[]> =>
  readAll(format, Buffer.from(text, 'utf8'), { ...context, options });
const recordsOf = (units: readonly Parsed[]) => units.flatMap(({ records }) => records);
const remarkOf = (units: readonly Parsed[]): string[] =>
  units.filter(({ ignored }) => ignored === 'REMARK').flatMap(({ errors }) => errors.map(({ field }) => field));

/** A transmission alone, without a batch. */
const bare = (text: string): string => text.slice(text.indexOf('G1') + 12, text.indexOf('\u0003', text.indexOf('G1')));
const replaced = (text: string, signs: readonly [string, string][]): string =>
  signs.reduce((so, [sign, shown]) => so.replaceAll(sign, shown), text);
const coded = (show: (code: string) => string): [string, string][] =>
  ['02', '03', '1E', '1D', '1C'].map((code) => [String.fromCharCode(Number.parseInt(code, 16)), show(code)]);
const signs = (...shown: [string, string, string, string, string]): [string, string][] =>
  ['\u0002', '\u0003', '\u001E', '\u001D', '\u001C'].map((sign, at) => [sign, shown[at] ?? '']);

const NOTATIONS: [string, [string, string][]][] = [
  ['<FS>', signs('<STX>', '<ETX>', '<RS>', '<GS>', '<FS>')],
  ['<SS> for segments', signs('<STX>', '<ETX>', '<SS>', '<GS>', '<FS>')],
  ['carets', signs('^B', '^C', '^^', '^]', '^\\')],
  ['pictures', signs('\u2402', '\u2403', '\u241E', '\u241D', '\u241C')],
  ['<1C>', coded((code) => `<${code}>`)],
  ['<0x1C>', coded((code) => `<0x${code}>`)],
  ['\\x1C', coded((code) => `\\x${code}`)],
  ['\\x1c', coded((code) => `\\x${code.toLowerCase()}`)],
];

describe('separators as text', () => {
  test.each(NOTATIONS)('%s: a batch reads as with real ones, and the file is remarked', async (_, notation) => {
    const file = fileOf(3);
    const units = await read(replaced(file, notation));
    expect(recordsOf(units)).toHaveLength(3);
    expect(recordsOf(units)).toEqual(recordsOf(await read(file)));
    expect(units.filter(({ ignored }) => ignored !== 'REMARK').flatMap(({ errors }) => errors)).toEqual([]);
    expect(remarkOf(units)).toEqual(['separators']);
  });

  test.each(NOTATIONS)('%s: records that are really marked, and a transmission alone', async (_, notation) => {
    const file = fileOf(2);
    const marked = await read(replaced(file, notation.slice(2)));
    expect(recordsOf(marked)).toEqual(recordsOf(await read(file)));
    expect(remarkOf(marked)).toEqual(['separators']);
    const alone = await read(replaced(bare(file), notation));
    expect(recordsOf(alone)).toEqual(recordsOf(await read(bare(file))));
    expect(recordsOf(alone)).toHaveLength(1);
    expect(remarkOf(alone)).toEqual(['separators']);
  });

  test('where there are real ones, a value that looks like one stays what it is', async () => {
    const units = await read(fileOf(1).replace('GRPA', '<FS>AM07'));
    expect(recordsOf(units)).toMatchObject([{ group: '<FS>AM07' }]);
    expect(remarkOf(units)).toEqual([]);
  });

  test.each(NOTATIONS)('%s: a record and a transmission alone can be shown', async (_, notation) => {
    const shown = async (text: string, position: string): Promise<string[]> => {
      const found: string[] = [];
      const source = inMemory(Buffer.from(replaced(text, notation), 'utf8'), 7);
      for await (const { lines } of format.excerpts?.(source, new Set([position])) ?? []) found.push(...lines);
      return found;
    };
    const lines = await shown(fileOf(2), 'batch 1 G1 2 transaction 1');
    expect(lines[0]).toMatch(/^G10000000002990001D0B1/);
    expect(lines).toContain('␞␜AM04␜C2MEMBER2␜C1GRPA␝');
    expect((await shown(`\n${bare(fileOf(1))}`, 'line 2 transaction 1'))[1]).toMatch(/^␞␜AM01/);
  });

  test('a rejected record is handed back as it was sent', () => {
    const file = replaced(fileOf(2), NOTATIONS[0]?.[1] ?? []);
    const reason = { position: 'batch 1 G1 2 transaction 1', field: '407-D7', message: 'is missing' };
    const { bytes, records } = handBack(Buffer.from(file, 'latin1'), [reason], {});
    expect(records).toBe(1);
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/^<STX>G10000000002.*<ETX>\n\*\*\* batch 1 G1 2/);
  });
});

describe('bytes beyond ASCII', () => {
  /** A text whose characters are the bytes of its UTF-8. */
  const inUtf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  /** Whatever surrounds them. */
  const CASES: [string, (file: string) => string][] = [
    ['in a plain file', (file) => file],
    ['behind a byte order mark', (file) => inUtf8('\uFEFF') + file],
    [
      'beside separators as pictures',
      (file) =>
        replaced(
          file,
          (NOTATIONS[3]?.[1] ?? []).map(([sign, shown]) => [sign, inUtf8(shown)]),
        ),
    ],
  ];

  test.each(CASES)('names read as they are meant, in UTF-8 and in windows-1252: %s', async (_, edit) => {
    const [before = '', between = '', ...rest] = fileOf(3).split('AVERY');
    const sent = edit(`${before}${inUtf8('RENÉE')}${between}JÜRGEN${rest.join('AVERY')}`);
    const records = recordsOf(await readAll(format, Buffer.from(sent, 'latin1'), context));
    expect(records).toMatchObject([
      { patient: { givenName: 'RENÉE' }, amounts: { totalPaid: '7001.25' } },
      { patient: { givenName: 'JÜRGEN' }, amounts: { totalPaid: '7002.25' } },
      { amounts: { totalPaid: '7003.25' } },
    ]);
  });
});

/** What is done to a file, what the remark says and where it is seen first. */
const HABITS: [string, (file: string) => string, string, RegExp][] = [
  [
    'CR LF behind records',
    (file) => file.replaceAll('\u0003', '\u0003\r\n'),
    'line breaks',
    /behind 8 records, first behind record 1;/,
  ],
  [
    'LF behind one',
    (file) => file.replace('\u0003\u0002G10000000002', '\u0003\n\u0002G10000000002'),
    'line breaks',
    /behind 1 records, first behind record 2;/,
  ],
  [
    'CR LF before segments',
    (file) => file.replaceAll('\u001E', '\r\n\u001E'),
    'line breaks',
    /inside 4 transmissions, first in record 2;/,
  ],
  [
    'LF behind segment marks',
    (file) => file.replaceAll('\u001E', '\u001E\n'),
    'line breaks',
    /inside 4 transmissions, first in record 2;/,
  ],
  ['a trailing 0x1A', (file) => `${file}\u001A`, 'end of file', /at record 8;/],
  [
    '0x1A between the runs',
    (file) => file.replace('\u0003\u000200R', '\u0003\r\n\u001A\u000200R'),
    'end of file',
    /at record 4;/,
  ],
];

describe('line breaks and ends of file', () => {
  test.each(HABITS)('%s: the same records, and one remark with the first place', async (_, edit, field, says) => {
    const file = fileOf(2);
    const units = await read(edit(file));
    expect(recordsOf(units)).toHaveLength(2);
    expect(recordsOf(units)).toEqual(recordsOf(await read(file)));
    const remark = units.find(({ ignored }) => ignored === 'REMARK');
    expect(remark?.position).toBe('file');
    expect(remark?.errors.find((error) => error.field === field)?.message).toMatch(says);
    expect(remarkOf(await read(file))).toEqual([]);
  });

  test('a transmission alone may be broken into lines, and end with 0x1A', async () => {
    const sent = bare(fileOf(1));
    const units = await read(`${sent.replaceAll('\u001E', '\r\n\u001E')}\r\n${sent}\r\n\u001A`);
    expect(units.map(({ position }) => position)).toEqual(['line 1 transaction 1', 'line 7 transaction 1', 'file']);
    const [first, second] = recordsOf(units);
    expect({ ...first, ordinal: 0 }).toEqual({ ...second, ordinal: 0 });
    expect(remarkOf(units)).toEqual(['line breaks', 'end of file']);
  });

  test('what the feed expects of its sender is not remarked', async () => {
    const file = `${replaced(fileOf(1), NOTATIONS[0]?.[1] ?? []).replaceAll('<ETX>', '<ETX>\r\n')}\u001A`;
    expect(remarkOf(await read(file))).toEqual(['separators', 'line breaks', 'end of file']);
    const expects = ['textSeparators', 'lineBreaks', 'endOfFile'];
    expect(format.checkOptions({ expects })).toEqual([]);
    expect(remarkOf(await read(file, { expects }))).toEqual([]);
    expect(remarkOf(await read(file, { expects: ['lineBreaks'] }))).toEqual(['separators', 'end of file']);
    expect(format.checkOptions({ expects: ['crlf'] })).toHaveLength(1);
    expect(format.checkOptions({ expects: 'lineBreaks' })).toHaveLength(1);
  });
});

describe('other standards', () => {
  test.each([
    ['a request in a batch', (file: string) => file.replace('990001D0B1', '00990001F6B1')],
    ['a response in a batch', (file: string) => file.replace('D0B11A', 'F6B11A')],
  ])('version F6 is refused by name: %s', async (_, edit) => {
    const errors = (await read(edit(fileOf(1)))).flatMap((unit) => unit.errors);
    expect(errors.map(({ field }) => field)).toEqual(['102-A2']);
    expect(errors[0]?.message).toContain('version F6 is not read');
  });

  test('version F6 is refused by name: a transmission alone', async () => {
    const units = await read(bare(fileOf(1)).replace('990001D0B1', '00990001F6B1'));
    expect(recordsOf(units)).toEqual([]);
    expect(units[0]?.errors[0]?.message).toContain('version F6 is not read');
  });
});

describe('damage', () => {
  test.each([4096, 256 * 1024])('a record without end costs itself, in steps of %i bytes', async (step) => {
    const sent = fileOf(3);
    const at = sent.indexOf('\u0002G10000000002');
    const file = Buffer.from(`${sent.slice(0, at)}\u0002G1${'x'.repeat(2_500_000)}${sent.slice(at)}`, 'latin1');
    const units: Parsed[] = [];
    for await (const some of format.read(inMemory(file, step), context)) units.push(...some);
    expect(recordsOf(units).map((record) => record.type === 'claim' && record.amounts.totalPaid)).toEqual([
      '7001.25',
      '7002.25',
      '7003.25',
    ]);
    expect(units.flatMap(({ position, errors }) => errors.map(({ field }) => `${position} ${field}`))).toEqual([
      'record 3 record',
      '99 trailer 1 trailer',
    ]);
  });

  test('a hundred transactions are no transmission', async () => {
    const file = fileOf(1).replace('\u0003\u000299', `${'\u001D\u001E\u001CAM07\u001CD21'.repeat(99)}\u0003\u000299`);
    const [unit] = await read(file);
    expect(unit).toMatchObject({ position: 'batch 1 G1 1', records: [], errors: [{ field: '109-A9' }] });
  });
});

describe('a file larger than a step', () => {
  /** Deterministic disorder. */
  const shuffled = (answers: ClaimAnswer[]): ClaimAnswer[] =>
    answers
      .map((one, at) => ({ one, key: Math.imul(at + 1, 2_654_435_761) >>> 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ one }) => one);

  test.each([
    ['in order', (answers: ClaimAnswer[]) => answers],
    ['in reverse', (answers: ClaimAnswer[]) => answers.toReversed()],
    ['in disorder', shuffled],
  ])('requests find their responses %s, whichever run comes first', async (_, order) => {
    const count = 1500;
    const file = fileOf(count, order);
    const split = file.indexOf('\u000200R');
    for (const text of [file, file.slice(split) + file.slice(0, split)]) {
      const bytes = Buffer.from(text, 'latin1');
      let most = 0;
      const source = inMemory(bytes, 4096);
      const counted = {
        ...source,
        read: (from: number, to: number) => {
          most = Math.max(most, to - from);
          return source.read(from, to);
        },
      };
      const units: Parsed[] = [];
      for await (const some of format.read(counted, context)) units.push(...some);
      const records = recordsOf(units);
      expect(records).toHaveLength(count);
      expect(records.every((record) => record.type === 'claim' && record.responseStatus === 'P')).toBe(true);
      const paid = records.map((record) => record.type === 'claim' && [record.rxNumber, record.amounts.totalPaid]);
      expect(paid).toEqual(Array.from({ length: count }, (__, at) => [String(7001 + at), `${7001 + at}.25`]));
      // Never the file at once.
      expect(most).toBeLessThanOrEqual(256 * 1024);
    }
  });
});
