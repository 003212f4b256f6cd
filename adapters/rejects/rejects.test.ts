/** What is handed back is what was sent, byte for byte, with the reasons beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FORMATS } from '../index.ts';
import { readAll } from '../source.ts';
import { handBack, type Reason } from './index.ts';

const reason = (position: string, field = 'F', message = 'not a number'): Reason => ({ position, field, message });
const cut = (text: string, reasons: Reason[], options: Record<string, unknown> = {}) => {
  const { bytes, ...rest } = handBack(Buffer.from(text, 'latin1'), reasons, options);
  return { text: Buffer.from(bytes).toString('latin1'), ...rest };
};

test('lines keep their bytes and line ends; header, position, field and reason are added in the own delimiter', () => {
  const file = 'RX|NAME|QTY\r\n1|Müller\u0080|x\r\n2|ok|3\r\n3|a|y\r\n';
  const { text, records, whole } = cut(file, [
    reason('line 4', 'QTY'),
    reason('line 2', 'QTY', 'a | b'),
    reason('line 2', 'NAME', 'odd'),
    reason('trailer', '', 'the count is wrong'),
  ]);
  expect(text).toBe(
    'RX|NAME|QTY|REJECT_POSITION|REJECT_FIELD|REJECT_REASON\r\n' +
      '1|Müller\u0080|x|line 2|QTY; NAME|"QTY: a | b; NAME: odd"\r\n' +
      '3|a|y|line 4|QTY|not a number\r\n',
  );
  expect(records).toBe(2);
  expect(whole).toEqual([reason('trailer', '', 'the count is wrong')]);
});

test('a quoted cell over several lines comes back whole, a damaged quote costs its own line; no header, no titles', () => {
  expect(cut('1,"a\nb",x\n2,b,y\n', [reason('line 1')], { header: false }).text).toBe(
    '1,"a\nb",x,line 1,F,not a number\n',
  );
  expect(cut('R,N\n1,"open\n2,b\n', [reason('line 2')]).text).toContain('\n1,"open,line 2,');
  expect(cut('1;2\n', [reason('line 1')], { delimiter: ';' }).text).toBe('1;2;line 1;F;not a number\n');
});

test('messages come back whole with a segment for each reason', () => {
  const file = '\u000BMSH|^~\\&|A\rPID|1\r\u001C\r\u000BMSH|^~\\&|B\rPID|2\r\u001C\r';
  const { text, records } = cut(file, [reason('message 2', 'PID-3', 'a|b^c\\d')]);
  expect(text).toBe('MSH|^~\\&|B\rPID|2\rZRJ|message 2|PID-3|a\\F\\b\\S\\c\\E\\d\r');
  expect(records).toBe(1);
});

test('transaction sets come back under their headers, whatever the separators are', () => {
  const isa = `ISA*00*${' '.repeat(10)}*00*${' '.repeat(10)}*ZZ*${'A'.padEnd(15)}*ZZ*${'B'.padEnd(15)}*260301*1200*U*00401*000000001*0*P*>`;
  const file = `${isa}\\\nGS*IN*A*B\\\nST*810*0001\\\nIT1*1\\\nSE*3*0001\\\nST*810*0002\\\nIT1*x\\\nSE*3*0002\\\nGE*2*1\\\nIEA*1*1\\\n`;
  const { text, records } = cut(file, [reason('ISA 1 GS 1 ST 2/IT1 1', 'IT102'), reason('ISA 1 GS 1/GE', 'GE01')]);
  expect(text).toBe(
    `${isa}\\\nGS*IN*A*B\\\nST*810*0002\\\nIT1*x\\\nSE*3*0002\\\n*** ISA 1 GS 1 ST 2/IT1 1 IT102: not a number\n`,
  );
  expect(records).toBe(1);
});

test('batch records come back with their control characters', () => {
  const file = '\u000200T\u0003\u0002G1one\u001Ca\u0003\u0002G1two\u001Cb\u0003\u000299\u0003';
  const { text, records } = cut(file, [reason('batch 1 G1 2 transaction 1', 'D7')]);
  expect(text).toBe('\u0002G1two\u001Cb\u0003\n*** batch 1 G1 2 transaction 1 D7: not a number\n');
  expect(records).toBe(1);
});

/** Samples with rejected records, of every shape. */
const SAMPLES: [string, string, Record<string, unknown>][] = [
  ['invoice-csv', 'bad-lines.csv', { wholesaler: 'ACME' }],
  ['master-csv', 'prescribers-bad.csv', { record: 'prescriberAffiliation' }],
  ['ncpdp-batch', 'bad-fields.ncpdp', {}],
  ['hl7v2', 'unreadable.hl7', {}],
];

test.each(SAMPLES)('%s %s: every rejected record of the sample is found again', async (name, sample, options) => {
  const bytes = readFileSync(join(import.meta.dirname, '../formats', name, 'samples', sample));
  const format = FORMATS.get(name)!;
  const context = { feed: 'f', zone: 'UTC', sha256: '', options };
  const reasons = (await readAll(format, bytes, context))
    .filter(({ records }) => records.length === 0)
    .flatMap(({ position, errors }) => errors.map((error) => ({ position, ...error })));
  const { records, whole } = handBack(bytes, reasons, options);
  expect(records).toBeGreaterThan(0);
  const placed = reasons.filter((one) => !whole.some(({ position }) => position === one.position));
  const record = (position: string) => position.split(/ transaction |\//)[0];
  expect(records).toBe(new Set(placed.map(({ position }) => record(position))).size);
});
