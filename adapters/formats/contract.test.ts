/**
 * The contract of every format, run over each `adapters/formats/<name>/samples/` folder by itself: a sample `x.ext` stands
 * beside `x.ext.expected.json` = `{ context: { feed, zone, options }, held?: { position, field }, parsed: [...] }`.
 * `UPDATE_EXPECTED=1` writes the expected files that are missing (read them before you commit them).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload } from '../contract.ts';
import type { Format, FormatContext, Parsed, Source } from '../contract.ts';
import { inMemory } from '../source.ts';
import { isDate } from '../../src/model/calendar.ts';

interface Expected {
  context: { feed: string; zone: string; options: Record<string, unknown> };
  held?: { position: string; field: string };
  parsed: unknown[];
}

interface Outcome {
  held?: HeldPayload;
  parsed: Parsed[];
}

const root = import.meta.dirname;
const SUFFIX = '.expected.json';
const fresh: Expected['context'] = { feed: 'sample', zone: 'America/New_York', options: {} };

const contextOf = (bytes: Uint8Array, context: Expected['context']): FormatContext => ({
  ...context,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** Reads everything; only HeldPayload may come out as an exception. */
async function readAll(format: Format, bytes: Uint8Array, context: FormatContext, step?: number): Promise<Outcome> {
  const parsed: Parsed[] = [];
  try {
    for await (const units of format.read(inMemory(bytes, step), context)) parsed.push(...units);
    return { parsed };
  } catch (error) {
    if (error instanceof HeldPayload) return { held: error, parsed };
    throw error;
  }
}

/** As JSON sees it: absent and undefined are the same statement. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const messagesOf = ({ held, parsed }: Outcome): string[] => [
  ...parsed.flatMap((unit) => unit.errors.map((error) => error.message)),
  ...(held ? [held.message] : []),
];

/** Texts of the payload that no message may repeat: whatever looks like a value (has a digit, five characters or more). */
function valuesOf(bytes: Uint8Array): Set<string> {
  const words = new TextDecoder('windows-1252').decode(bytes).split(/[^A-Za-z0-9]+/);
  return new Set(words.filter((word) => word.length >= 5 && /\d/.test(word)));
}

function expectSound(outcome: Outcome, bytes: Uint8Array): void {
  const values = valuesOf(bytes);
  for (const message of messagesOf(outcome)) {
    const repeated = message.split(/[^A-Za-z0-9]+/).filter((word) => values.has(word));
    expect({ message, repeated }).toEqual({ message, repeated: [] });
  }
  const positions = outcome.parsed.map((unit) => unit.position);
  expect(positions.filter((position) => position === '')).toEqual([]);
  expect(new Set(positions).size).toBe(positions.length);
  for (const unit of outcome.parsed) {
    expect(unit.records.length + unit.errors.length + (unit.ignored === undefined ? 0 : 1)).toBeGreaterThan(0);
    if (unit.ignored !== undefined) expect(unit.ignored).toMatch(/^[A-Z][A-Z0-9_]*$/);
    for (const error of unit.errors) {
      expect(error.code).toBe('RECORD_INVALID');
      expect(error.original.length).toBeLessThanOrEqual(200);
      if (error.original.trim().length >= 4) expect(error.message).not.toContain(error.original.trim());
    }
    for (const record of unit.records) expectConventions(record);
  }
}

/** The conventions of src/model/records.ts that can be seen from outside: instants, dates, decimals in text. */
function expectConventions(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  for (const [name, held] of Object.entries(value)) {
    if (name === 'places') continue;
    if (typeof held !== 'string') expectConventions(held);
    else if (name.endsWith('At')) expect(held).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    else if (/Date$|^dateOfService$/.test(name)) expect({ name, date: isDate(held) }).toEqual({ name, date: true });
    else if (/^(quantity|packages|unitPrice|packagePrice|fee)$/.test(name)) expect(held).toMatch(/^-?\d+(\.\d+)?$/);
  }
}

const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'index.ts')))
  .map((entry) => entry.name)
  .sort();

describe.each(folders)('format %s', (folder) => {
  const samples = join(root, folder, 'samples');
  const files = existsSync(samples) ? readdirSync(samples).sort() : [];
  const payloads = files.filter((file) => !file.endsWith(SUFFIX));
  const load = async (): Promise<Format> => {
    const module: { format: Format } = await import(join(root, folder, 'index.ts'));
    return module.format;
  };
  const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(join(samples, file)));
  const expectedOf = (file: string): Expected | undefined => {
    const path = join(samples, file + SUFFIX);
    if (!existsSync(path)) return undefined;
    const expected: Expected = JSON.parse(readFileSync(path, 'utf8'));
    return expected;
  };

  test('is named as its folder, has a README and samples, each with its expected result', async () => {
    expect((await load()).name).toBe(folder);
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
    expect(payloads.length).toBeGreaterThan(0);
    const orphans = files.filter((file) => file.endsWith(SUFFIX) && !payloads.includes(basename(file, SUFFIX)));
    expect(orphans).toEqual([]);
  });

  test.each(payloads)('a source that fails while it reads %s says nothing about the payload', async (file) => {
    const format = await load();
    const bytes = bytesOf(file);
    const context = contextOf(bytes, expectedOf(file)?.context ?? fresh);
    // What is held for what was read before may be held all the same.
    const { held } = await readAll(format, bytes, context);
    const step = Math.ceil(bytes.length / 8);
    for (let most = 0; most < 500; most += 1) {
      let reads = 0;
      const source: Source = {
        size: bytes.length,
        step,
        read: (from, to) => {
          reads += 1;
          return reads > most
            ? Promise.reject(new Error('connection lost'))
            : Promise.resolve(bytes.subarray(from, to));
        },
      };
      const reading = async (): Promise<unknown> => {
        try {
          for await (const units of format.read(source, context)) expect(Array.isArray(units)).toBe(true);
          return undefined;
        } catch (error) {
          return error;
        }
      };
      const failure = await reading();
      if (reads <= most) return;
      if (!held || !(failure instanceof HeldPayload)) expect(failure).toEqual(new Error('connection lost'));
      else expect(failure).toEqual(held);
    }
  });

  test.each(payloads)('%s reads as expected', async (file) => {
    const format = await load();
    const bytes = bytesOf(file);
    const expected = expectedOf(file);
    const context = expected?.context ?? fresh;
    expect(format.checkOptions(context.options)).toEqual([]);
    const outcome = await readAll(format, bytes, contextOf(bytes, context));
    expectSound(outcome, bytes);
    const held = outcome.held && { position: outcome.held.position, field: outcome.held.field };
    const actual = plain({ context, ...(held ? { held } : {}), parsed: outcome.parsed });
    if (expected === undefined && process.env['UPDATE_EXPECTED'] === '1') {
      writeFileSync(join(samples, file + SUFFIX), `${JSON.stringify(actual, null, 2)}\n`);
      return;
    }
    expect(actual).toEqual(expected);
  });

  test.each(payloads)(
    '%s reads the same again, from a view into other memory, in steps of any size, and after a stop at any unit',
    async (file) => {
      const format = await load();
      const bytes = bytesOf(file);
      const context = contextOf(bytes, expectedOf(file)?.context ?? fresh);
      const first = await readAll(format, bytes, context);
      const memory = new Uint8Array(bytes.length + 7).fill(0x5a);
      memory.set(bytes, 3);
      const again = await readAll(format, memory.subarray(3, 3 + bytes.length), context);
      expect(plain(again.parsed)).toEqual(plain(first.parsed));
      for (const step of [1, 7, 64, 1000]) {
        const stepped = await readAll(format, bytes.subarray(0, step * 20_000), context, step);
        const expected =
          bytes.length <= step * 20_000 ? first : await readAll(format, bytes.subarray(0, step * 20_000), context);
        expect(plain(stepped.parsed)).toEqual(plain(expected.parsed));
      }
      const stops = [0, 1, Math.floor(first.parsed.length / 2)].filter((stop) => stop < first.parsed.length);
      for (const stop of stops) {
        const seen: string[] = [];
        for await (const units of format.read(inMemory(bytes, 64), context)) {
          seen.push(...units.map((unit) => unit.position));
          if (seen.length > stop) break;
        }
        expect(seen).toEqual(first.parsed.slice(0, seen.length).map((unit) => unit.position));
      }
    },
  );

  test.each(payloads)('%s damaged in any way never throws and never repeats a value in a message', async (file) => {
    const format = await load();
    const whole = bytesOf(file);
    const { context } = expectedOf(file) ?? { context: fresh };
    const bytes = whole.subarray(0, 20_000);
    const damage = fc.array(fc.tuple(fc.nat(Math.max(0, bytes.length - 1)), fc.nat(255)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(bytes.length), fc.boolean(), async (flips, cut, cutting) => {
        const damaged = Uint8Array.from(cutting ? bytes.subarray(0, cut) : bytes);
        for (const [at, byte] of flips) if (at < damaged.length) damaged[at] = byte;
        expectSound(await readAll(format, damaged, contextOf(damaged, context)), damaged);
      }),
      { numRuns: 60 },
    );
  });

  test('bytes that mean nothing never throw', async () => {
    const format = await load();
    const context = (payloads[0] !== undefined && expectedOf(payloads[0])?.context) || fresh;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expectSound(await readAll(format, bytes, contextOf(bytes, context)), bytes);
      }),
      { numRuns: 100 },
    );
  });
});
