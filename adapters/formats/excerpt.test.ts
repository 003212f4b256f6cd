/** What is shown where something is wrong: the part that the reader spoke of, however the bytes come. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Format, HeldPayload, type Parsed } from '../contract.ts';
import { FORMATS } from '../index.ts';
import { inMemory } from '../source.ts';
import { excerptsAt } from '../../src/messages/excerpts.ts';
import { format as hl7 } from './hl7v2/index.ts';
import { messageBytes } from './hl7v2/parse.ts';

const root = import.meta.dirname;
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

async function read(format: Format, bytes: Uint8Array, options: Record<string, unknown>): Promise<Parsed[]> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const found: Parsed[] = [];
  try {
    for await (const units of format.read(inMemory(bytes), { feed: 'f', zone: 'UTC', sha256, options }))
      found.push(...units);
  } catch (error) {
    if (!(error instanceof HeldPayload)) throw error;
  }
  return found;
}
const shown = (format: Pick<Format, 'excerpts'>, bytes: Uint8Array, positions: readonly string[], step?: number) =>
  excerptsAt(format, inMemory(bytes, step), new Set(positions));

const samples = ['hl7v2', 'x12', 'ncpdp-batch'].flatMap((name) => {
  const folder = join(root, name, 'samples');
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.expected.json'))
    .map((file): [string, string, string] => [name, file, join(folder, file)]);
});

/** Positions of what is missing: there is nothing to be shown. */
const MISSING = /no message in the payload|has no trailer|no readable ISA/;

test.each(samples)(
  '%s %s: every position with an error is found, however the bytes come',
  async (name, _file, path) => {
    const format = FORMATS.get(name)!;
    const bytes = new Uint8Array(readFileSync(path));
    const { context } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'));
    const units = await read(format, bytes, context.options);
    const positions = units
      .filter(({ errors }) => errors.length > 0 && !errors.every(({ message }) => MISSING.test(message)))
      .map(({ position }) => position);
    const found = await shown(format, bytes, positions);
    expect(found.map(({ position }) => position).sort()).toEqual([...new Set(positions)].sort());
    for (const { lines } of found) expect(lines.join('').trim()).not.toBe('');
    for (const step of [1, 7, 64]) expect(await shown(format, bytes, positions, step)).toEqual(found);
  },
);

describe('hl7v2', () => {
  test('is the message that the reader counts, whatever the lines are', async () => {
    const line = fc.constantFrom(
      'MSH|^~\\&|E|M|||20260101||ADT^A04|X|P|2.5',
      'PID|1||M1',
      'FHS|',
      'BHS|',
      'BTS|1',
      'FTS|1',
      '',
      ' msh|x',
      'zz',
    );
    const end = fc.constantFrom('\r', '\n', '\r\n', '\u000B', '\u001C\r', '\r\r');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(line, end), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, step) => {
          const bytes = bytesOf(parts.flat().join(''));
          const messages = [...messageBytes(bytes)].map((message) =>
            Buffer.from(message)
              .toString()
              .split(/[\r\n]+/)
              .map((text) => text.trimStart())
              .filter((text) => text !== ''),
          );
          const positions = messages.map((_message, index) => `message ${index + 1}`);
          const found = await shown(hl7, bytes, positions, step);
          expect(found.map(({ position, lines }) => [position, lines])).toEqual(
            messages.map((lines, index) => [positions[index], lines]),
          );
        },
      ),
    );
  });

  test('is taken apart; of a line without end the beginning is kept', async () => {
    const bytes = bytesOf(`MSH|^~\\&|E|M|||20260101||ADT^A04|X|P|2.5\rNTE|1||${'x'.repeat(100_000)}\rPID|1||M1^^^A\r`);
    const [found] = await shown(hl7, bytes, ['message 1'], 1_000);
    expect(found?.unit?.segments.map(({ name }) => name)).toEqual(['MSH', 'NTE', 'PID']);
    expect(found?.lines[1]).toHaveLength(16 * 1024);
    expect(found?.unit?.segments[2]?.fields.at(-1)).toMatchObject({ place: 'PID-3', value: 'M1^^^A' });
  });
});

test('x12: a line with what belongs to it, a set up to a bound', async () => {
  const isa =
    'ISA*00*          *00*          *ZZ*S              *ZZ*R              *260101*0000*U*00401*000000001*0*P*>~';
  const lines = Array.from({ length: 30 }, (_, index) => `IT1*${index + 1}*1*EA~PID*F****Drug ${index + 1}~`).join('');
  const bytes = bytesOf(
    `${isa}GS*IN*S*R*20260101*0000*1*X*004010~ST*810*0001~${lines}SE*62*0001~GE*1*1~IEA*1*000000001~`,
  );
  const positions = ['ISA 1 GS 1 ST 1/IT1 30', 'ISA 1 GS 1 ST 1', 'ISA 1/IEA', 'segment 2', 'ISA 9'];
  const found = await shown(FORMATS.get('x12')!, bytes, positions);
  expect(found.map(({ position, lines: all }) => [position, all[0], all.length])).toEqual([
    ['segment 2', 'GS*IN*S*R*20260101*0000*1*X*004010', 1],
    ['ISA 1 GS 1 ST 1', 'ST*810*0001', 17],
    ['ISA 1 GS 1 ST 1/IT1 30', 'IT1*30*1*EA', 2],
    ['ISA 1/IEA', 'IEA*1*000000001', 1],
  ]);
});

describe('lines', () => {
  test('are counted as editors count them, in steps of any size', async () => {
    const text = fc.array(fc.constantFrom('a', 'é', '\r', '\n', '\r\n', '"x\ny"'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (parts, step) => {
        const lines = parts.join('').split(/\r\n|\r|\n/);
        const positions = lines.map((_line, index) => `line ${index + 1}`);
        const found = await shown({}, bytesOf(parts.join('')), positions, step);
        expect(found.map(({ lines: [line] }) => line)).toEqual(lines);
      }),
    );
  });

  test('of packed files are not their bytes', async () => {
    expect(await shown({}, bytesOf('PK\u0003\u0004\n\n'), ['line 2'])).toEqual([]);
  });
});
