/** Binary COPY: what arrives is what the same values as text would have brought, and what is refused is what the text is refused for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Transaction } from '../../src/db/client.ts';
import { CopyBinary } from '../../src/db/copy-binary.ts';
import { copyText, copyValue } from '../../src/normalize/copy-text.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

interface Row {
  t: string | null;
  n: number | null;
  d: string | null;
  i: string | null;
  q: string | null;
  m: string | null;
  b: boolean;
  j: string;
  a: string[];
}

const COLUMNS =
  't text, n int, d date, i timestamptz, q numeric(14, 3), m numeric(14, 2), b boolean, j jsonb, a text[]';
const USUAL: Row = { t: '', n: 0, d: null, i: null, q: null, m: null, b: false, j: '[]', a: [] };

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Several lines in a chunk, as staging writes them. */
function* inBinary(rows: readonly Row[]): Generator<Uint8Array> {
  const copy = new CopyBinary(10);
  for (const [index, row] of rows.entries()) {
    copy.int(index);
    copy.maybe(row.t);
    copy.int(row.n);
    copy.date(row.d);
    copy.instant(row.i);
    copy.decimal(row.q);
    copy.decimal(row.m);
    copy.truth(row.b);
    copy.json(row.j);
    copy.texts(row.a);
    copy.endLine();
    if (copy.full) yield copy.take();
  }
  yield copy.end();
}

function* inText(rows: readonly Row[]): Generator<string> {
  for (const [index, row] of rows.entries()) {
    const { t, n, d, i, q, m, b, j, a } = row;
    yield `${[index, t, n, d, i, q, m, b].map(copyValue).join('\t')}\t${copyText(j)}\t${copyValue(a)}\n`;
  }
}

const tables = (tx: Transaction) =>
  Promise.all(
    ['by_text', 'by_binary'].map((table) =>
      tx.query(`create temporary table ${table} (id int, ${COLUMNS}) on commit drop`),
    ),
  );

/** Numbers of the rows whose bytes differ in the database. */
const differing = (rows: readonly Row[]): Promise<number[]> =>
  database.ingest.transaction(async (tx) => {
    await tables(tx);
    await tx.copyIn('copy by_text from stdin', inText(rows));
    await tx.copyIn('copy by_binary from stdin with (format binary)', inBinary(rows));
    const [counted] = await tx.query<{ count: number }>('select count(*)::int as count from by_binary');
    expect(counted?.count).toBe(rows.length);
    const found = await tx.query<{ id: number }>(
      'select t.id from by_text t join by_binary b using (id) where not t.* *= b.* order by t.id',
    );
    return found.map(({ id }) => id);
  });

/** SQLSTATE of a row's refusal; null = it is taken. */
const refusal = (form: 'text' | 'binary', row: Row): Promise<string | null> =>
  database.ingest
    .transaction(async (tx) => {
      await tables(tx);
      if (form === 'text') await tx.copyIn('copy by_text from stdin', inText([row]));
      else await tx.copyIn('copy by_binary from stdin with (format binary)', inBinary([row]));
      return null;
    })
    .catch((error: { sqlstate: string }) => error.sqlstate);

const padded = (number: number, width: number): string => String(number).padStart(width, '0');
const sign = fc.constantFrom(
  'A',
  'é',
  '\u{1F48A}',
  '\0',
  '\ud800',
  '\t',
  '\n',
  '\r',
  '\\',
  '"',
  ',',
  '{',
  '\u007f',
  ' ',
);
const text = fc.string({ unit: sign, maxLength: 6 });
const digits = (maxLength: number) => fc.string({ unit: fc.nat(9).map(String), maxLength });
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
  .map(([year, month, day]) => {
    const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
    return `${padded(year, 4)}-${padded(month, 2)}-${padded(Math.min(day, last), 2)}`;
  });
const instant = fc
  .tuple(date, fc.nat(23), fc.nat(59), fc.nat(59), digits(6))
  .map(
    ([day, hour, minute, second, fraction]) =>
      `${day}T${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}${fraction === '' ? '' : `.${fraction}`}Z`,
  );
const decimal = (whole: number) =>
  fc
    .tuple(fc.constantFrom('', '-'), fc.constantFrom('', '0', '000000000'), digits(whole), fc.option(digits(9)))
    .map(([minus, zeros, left, right]) => `${minus}${zeros}${left || '0'}${right === null ? '' : `.${right}`}`);

/** JSON of texts that jsonb can hold. */
const json = fc
  .array(fc.record({ bin: text, pcn: text }), { maxLength: 2 })
  .map((value) => JSON.stringify(value).replaceAll(/\\u(?:0000|d800)/g, '?'));

test('any row arrives as it does by text', async () => {
  const row: fc.Arbitrary<Row> = fc.record({
    t: fc.option(text),
    n: fc.option(fc.oneof(fc.nat(99), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
    d: fc.option(date),
    i: fc.option(instant),
    // One digit less than there is room for: rounding may carry.
    q: fc.option(decimal(10)),
    m: fc.option(decimal(11)),
    b: fc.boolean(),
    j: json,
    a: fc.array(text, { maxLength: 3 }),
  });
  const rows = fc.sample(row, { seed: 340, numRuns: 5_000 });
  expect(await differing(rows)).toEqual([]);
});

test('so do the ends of what a type holds, and a line longer than a chunk', async () => {
  const dates = [
    '0001-01-01',
    '1582-10-15',
    '1900-02-28',
    '1970-01-01',
    '1999-12-31',
    '2000-01-01',
    '2000-02-29',
    '2000-03-01',
  ];
  const decimals = [
    '0',
    '-0',
    '0.000',
    '-0.00',
    '.5',
    '5.',
    '0.0049',
    '0.005',
    '-0.005',
    '1',
    '9999',
    '10000',
    '10000.0001',
  ];
  const instants = ['T00:00:00Z', 'T23:59:59.999999Z', 'T00:00:00.000001Z'];
  const rows = [
    ...[...dates, '9999-12-31'].map((d) => ({ ...USUAL, d })),
    ...[...dates, '9999-12-31'].flatMap((d) => instants.map((time) => ({ ...USUAL, i: d + time }))),
    ...[...decimals, '99999999999.999', '-99999999999.999'].map((q) => ({ ...USUAL, q })),
    ...[...decimals, '999999999999.99', '999999999999.994'].map((m) => ({ ...USUAL, m })),
    ...[2 ** 31 - 1, -(2 ** 31), -0].map((n) => ({ ...USUAL, n })),
    { ...USUAL, t: 'é'.repeat(100_000) },
    { ...USUAL, t: 'x'.repeat(200_000), a: ['', 'NULL', '\ud800\0'] },
    ...Array.from({ length: 2_000 }, (_, n) => ({ ...USUAL, t: 'y'.repeat(n % 90), n })),
  ];
  expect(await differing(rows)).toEqual([]);
});

describe('what is no value of its type is refused by the database', () => {
  const dates = [
    '',
    'x',
    '0000-01-01',
    '2026-02-29',
    '1900-02-29',
    '2026-00-10',
    '2026-13-01',
    '2026-04-31',
    '2026-04-00',
  ];
  const decimals = ['', '-', '.', 'x', '--1', '1,5', '1.2.3', '1 2', '12345678901234', '9'.repeat(1_200)];
  const times = ['T25:00:00.000Z', 'T00:61:00.000Z', 'T00:00:61.000Z'];
  const wrong: [string, Partial<Row>][] = [
    ...dates.map((d): [string, Partial<Row>] => ['date', { d }]),
    ...dates.map((d): [string, Partial<Row>] => ['instant', { i: `${d}T00:00:00.000Z` }]),
    ...times.map((time): [string, Partial<Row>] => ['instant', { i: `2026-01-01${time}` }]),
    ['instant', { i: '+010000-01-01T05:00:00.000Z' }],
    ...decimals.flatMap((one): [string, Partial<Row>][] => [
      ['quantity', { q: one }],
      ['money', { m: one }],
    ]),
    ['quantity', { q: '99999999999.9995' }],
    ['money', { m: '999999999999.995' }],
    ...[2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN].map((n): [string, Partial<Row>] => ['int', { n }]),
    ...['', '{', '["\\u0000"]', '["\\ud800"]'].map((j): [string, Partial<Row>] => ['json', { j }]),
  ];
  test.each(wrong)('%s %j', async (_, more) => {
    const row = { ...USUAL, ...more };
    expect(await refusal('text', row)).toMatch(/^22/);
    expect(await refusal('binary', row)).toMatch(/^22/);
  });
});

test('a uuid is its bytes, from a number or from a digest', async () => {
  const copy = new CopyBinary(2);
  copy.uuid(Buffer.from('0190a5f3c2d17abc9def', 'hex'), 0xfe_dc_ba_98_76_54);
  const place = copy.place;
  copy.text('abc');
  const digest = copy.digestFrom(place);
  copy.backTo(place);
  copy.uuidOf(digest);
  copy.endLine();
  const rows = await database.ingest.transaction(async (tx) => {
    await tx.query('create temporary table ids (one uuid, other uuid) on commit drop');
    await tx.copyIn('copy ids from stdin with (format binary)', [copy.end()]);
    return tx.query(
      `select one, other = left(encode(sha256('\\x00000003' || 'abc'::bytea), 'hex'), 32)::uuid as same from ids`,
    );
  });
  expect(rows).toEqual([{ one: '0190a5f3-c2d1-7abc-9def-fedcba987654', same: true }]);
});

test('what was taken back is gone, and absent is not empty', () => {
  const written = (write: (copy: CopyBinary) => void): string => {
    const copy = new CopyBinary(1);
    const place = copy.place;
    copy.text('taken back');
    copy.backTo(place);
    write(copy);
    return copy.digestFrom(place);
  };
  const forms = [
    (copy: CopyBinary) => copy.maybe(null),
    (copy: CopyBinary) => copy.maybe(''),
    (copy: CopyBinary) => copy.texts([]),
    (copy: CopyBinary) => copy.texts(['']),
    (copy: CopyBinary) => copy.date('x'),
    (copy: CopyBinary) => copy.date('y'),
  ].map(written);
  expect(new Set(forms).size).toBe(forms.length);
  expect(written((copy) => copy.maybe('a'))).toBe(written((copy) => copy.text('a')));
});
