/**
 * Entries of a zip archive, read through its directory, inflated and checked (size, CRC) before anything is made of them: who
 * reads an archive as it streams by cannot tell a damaged one from one that goes on, and waits for ever.
 */
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { SourceReader } from '../archives/zip.ts';
import type { Source } from '../contract.ts';

/** What an archive may unpack to, all wanted entries together. */
const MOST_BYTES = 4 * 1024 ** 3 - 1;
const MOST_ENTRIES = 10_000;
/** The end of the directory, which tells where it stands. */
const END_BYTES = 22;

/** The archive is damaged, or no archive, or unpacks to too much. */
export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive';
}

/** A part of an archive that was found whole. */
export interface CheckedEntry {
  name: string;
  size: number;
  crc: number;
  /** Its bytes, inflated. */
  read(): Promise<Readable>;
}

/** An archive that was checked. */
export interface CheckedArchive {
  /** In its own order. */
  entries: CheckedEntry[];
  /** What the source failed with while it was read: a lost database says nothing about the archive. */
  failure: () => unknown;
}

/**
 * Checks the entries whose names are `wanted`.
 * @throws DamagedArchive, or what the source failed with.
 */
export async function checkedArchive(source: Source, wanted: (name: string) => boolean): Promise<CheckedArchive> {
  const reader = new SourceReader(source);
  try {
    const options = { lazyEntries: true, autoClose: false };
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, options);
    await checkCount(zip, reader, source.size);
    const entries = await wantedEntries(zip, reader, wanted);
    const checked: CheckedEntry[] = [];
    for (const entry of entries) checked.push(await check(zip, entry));
    return { entries: checked, failure: () => reader.failure };
  } catch (error) {
    if (reader.failure !== undefined) throw reader.failure;
    throw error instanceof DamagedArchive ? error : new DamagedArchive('the archive is damaged');
  }
}

async function wantedEntries(zip: ZipFile, reader: SourceReader, wanted: (name: string) => boolean): Promise<Entry[]> {
  const entries: Entry[] = [];
  let count = 0;
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    count += 1;
    if (count > MOST_ENTRIES) throw new DamagedArchive('the archive has too many entries');
    await checkName(reader, entry);
    if (!wanted(entry.fileName)) continue;
    entries.push(entry);
    bytes += entry.uncompressedSize;
    if (bytes > MOST_BYTES) throw new DamagedArchive('the archive unpacks to too much');
  }
  return entries;
}

/** Both counts of its entries: one that was hit would leave out parts that are there. Behind a comment they are not looked for. */
async function checkCount(zip: ZipFile, reader: SourceReader, size: number): Promise<void> {
  if (zip.comment !== '') return;
  const end = Buffer.from(await reader.bytes(size - END_BYTES, size));
  if (end.readUInt16LE(8) !== end.readUInt16LE(10)) throw new DamagedArchive('the archive is damaged');
}

/** Both names of an entry: one that was hit would leave a part out that is there. */
async function checkName(reader: SourceReader, { fileNameRaw, relativeOffsetOfLocalHeader: at }: Entry): Promise<void> {
  const name = await reader.bytes(at + 30, at + 30 + fileNameRaw.length);
  if (!fileNameRaw.equals(name)) throw new DamagedArchive('the archive is damaged');
}

const stream = (zip: ZipFile, entry: Entry): Promise<Readable> => zip.openReadStreamPromise(entry);

async function check(zip: ZipFile, entry: Entry): Promise<CheckedEntry> {
  let crc = 0;
  for await (const bytes of await stream(zip, entry)) crc = crc32(bytes as Uint8Array, crc);
  if (crc !== entry.crc32) throw new DamagedArchive('an entry of the archive is damaged');
  const { fileName: name, uncompressedSize: size } = entry;
  return { name, size, crc, read: () => stream(zip, entry) };
}

/** An archive of these entries, in this order, not compressed: what a reader of streams cannot stumble over. */
export async function* storedArchive(entries: readonly CheckedEntry[]): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const fields = headerFields(entry, name.length);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, name]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields, place, name]));
    yield local;
    for await (const bytes of await entry.read()) yield bytes as Uint8Array;
    at += local.length + entry.size;
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(END_BYTES);
  end.set([0x50, 0x4b, 5, 6]);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(at, 16);
  yield whole;
  yield end;
}

/** What local header and directory have in common: version, flags (UTF-8), method (stored), time, CRC, sizes, length of the name. */
function headerFields({ crc, size }: CheckedEntry, nameLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x0800, 2);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}
