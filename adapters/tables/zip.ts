/**
 * Entries of a zip archive, read through its directory, inflated and checked (size, CRC) before anything is made of them: who
 * reads an archive as it streams by cannot tell a damaged one from one that goes on, and waits for ever.
 */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';
import type { Source } from '../contract.ts';

/** What an archive may unpack to, all wanted entries together. */
const MOST_BYTES = 4 * 1024 ** 3 - 1;
const MOST_ENTRIES = 10_000;

/** The archive is damaged, or no archive, or unpacks to too much. */
export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive';
}

/** A source that remembers that it failed: a lost database says nothing about the archive. */
export class WatchedSource implements Source {
  readonly size: number;
  readonly step: number;
  failure: Error | undefined;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
    this.size = source.size;
    this.step = source.step;
  }

  async read(from: number, to: number): Promise<Uint8Array> {
    try {
      return await this.#source.read(from, to);
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error('the source failed');
      throw error;
    }
  }
}

class SourceReader extends RandomAccessReader {
  readonly #source: Source;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(rangeOf(this.#source, start, end));
  }
}

async function* rangeOf(source: Source, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += source.step) yield await source.read(at, Math.min(end, at + source.step));
}

/** A part of an archive that was found whole. */
export interface CheckedEntry {
  name: string;
  size: number;
  crc: number;
  /** Its bytes, inflated. */
  read(): Promise<Readable>;
}

/**
 * The entries whose names are `wanted`, in the order of the archive.
 * @throws DamagedArchive, or what the source failed with.
 */
export async function checkedEntries(
  source: WatchedSource,
  wanted: (name: string) => boolean,
): Promise<CheckedEntry[]> {
  try {
    const zip = await open(source);
    const entries = (await list(zip)).filter((entry) => wanted(entry.fileName));
    const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (total > MOST_BYTES) throw new DamagedArchive('the archive unpacks to too much');
    const checked: CheckedEntry[] = [];
    for (const entry of entries) checked.push(await check(zip, entry));
    return checked;
  } catch (error) {
    if (source.failure) throw source.failure;
    throw error instanceof DamagedArchive ? error : new DamagedArchive('the archive is damaged');
  }
}

const open = (source: Source): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, decodeStrings: true };
    fromRandomAccessReader(new SourceReader(source), source.size, options, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });

const list = (zip: ZipFile): Promise<Entry[]> =>
  new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) reject(new DamagedArchive('the archive has too many entries'));
      else zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });

const stream = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });

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
  const end = Buffer.alloc(22);
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
