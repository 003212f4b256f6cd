/** Workbooks that are damaged in any way end in a held payload, never in waiting; a source that fails is not taken for damage. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload } from '../contract.ts';
import type { Source } from '../contract.ts';
import { inMemory } from '../source.ts';
import { readSheet } from './workbook.ts';
import { checkedArchive, DamagedArchive } from './zip.ts';

const workbook = new Uint8Array(readFileSync(join(import.meta.dirname, '../formats/mef-csv/samples/publisher.xlsx')));

async function rowsOf(source: Source): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const some of readSheet(source, 1)) rows.push(...some.map(({ cells }) => cells));
  return rows;
}

test('the same rows in steps of any size', async () => {
  const rows = await rowsOf(inMemory(workbook));
  expect(rows).toContainEqual(['Valid for 07/01/2026 through 09/30/2026']);
  expect(await rowsOf(inMemory(workbook, 7))).toEqual(rows);
});

test('damage is told, whatever was hit', async () => {
  const whole = await rowsOf(inMemory(workbook));
  let held = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(workbook.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, by, cutting) => {
        const bytes = cutting ? workbook.slice(0, at) : workbook.slice();
        if (!cutting) bytes[at] = (bytes[at] ?? 0) ^ by;
        try {
          // A bit of a time stamp or of a part that is not read says nothing.
          expect(await rowsOf(inMemory(bytes))).toEqual(whole);
        } catch (error) {
          if (!(error instanceof HeldPayload)) throw error;
          held += 1;
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(held).toBeGreaterThan(50);
});

test('a source that fails fails, wherever it does, and nobody waits', async () => {
  const failingAt = (most: number): Source => {
    let reads = 0;
    return {
      size: workbook.length,
      step: 1000,
      read: (from, to) => {
        reads += 1;
        return reads > most
          ? Promise.reject(new Error('connection lost'))
          : Promise.resolve(workbook.subarray(from, to));
      },
    };
  };
  let failures = 0;
  for (; failures < 1_000; failures += 1) {
    const outcome = await rowsOf(failingAt(failures)).catch((error: unknown) => error);
    if (Array.isArray(outcome)) break;
    expect(outcome).toEqual(new Error('connection lost'));
  }
  // Its directory, its names, its parts while they are checked, and again while they are read.
  expect(failures).toBeGreaterThan(50);
});

test('an archive without sheets is no workbook, one that leaves out parts is damaged, and nobody waits', async () => {
  const withCounts = async (onDisk: number, all: number): Promise<unknown> => {
    const bytes = Buffer.from(workbook);
    bytes.writeUInt16LE(onDisk, bytes.length - 14);
    bytes.writeUInt16LE(all, bytes.length - 12);
    return rowsOf(inMemory(new Uint8Array(bytes))).catch((error: unknown) => error);
  };
  const held = (what: string) => new HeldPayload('file', 'workbook', `the file cannot be read as a workbook: ${what}`);
  for (const few of [0, 1, 6]) expect(await withCounts(few, few)).toEqual(held('it has no sheets'));
  expect(await withCounts(16, 15)).toEqual(held('the archive is damaged'));
});

test('an archive that claims to unpack to too much is not unpacked', async () => {
  const bytes = Buffer.from(workbook);
  // Sizes in the directory stand 24 bytes behind each of its signatures.
  for (let at = bytes.indexOf('PK\u0001\u0002'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 4))
    bytes.writeUInt32LE(0xff_ff_ff_f0, at + 24);
  await expect(checkedArchive(inMemory(new Uint8Array(bytes)), () => true)).rejects.toThrow(DamagedArchive);
});
