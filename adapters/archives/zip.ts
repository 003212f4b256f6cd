/** The files inside a `.zip`. Its directory is checked as a whole before anything is unpacked; sizes that lie end the reading. */
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { FileDelivery, Source } from '../contract.ts';
import { isPlainName } from '../pickup/names.ts';
import { Allowance, type ArchiveLimits, ArchiveRefused, refuseNestedContent, refuseNestedName } from './limits.ts';

const FORMAT_BITS = 0o170000;
const SYMLINK = 0o120000;

/** A source for yauzl. Remembers why a read failed: everything else that yauzl reports is the archive's fault. */
export class SourceReader extends yauzl.RandomAccessReader {
  failure: unknown;
  readonly #source: Source;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const read = async function* (reader: SourceReader): AsyncGenerator<Uint8Array> {
      const source = reader.#source;
      for (let at = start; at < end; at += source.step) yield await reader.bytes(at, Math.min(at + source.step, end));
    };
    const out = new PassThrough();
    pipeline(Readable.from(read(this)), out).catch(() => undefined);
    return out;
  }

  /** A part of the source, read as yauzl reads it. */
  async bytes(from: number, to: number): Promise<Uint8Array> {
    try {
      return await this.#source.read(from, to);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** What yauzl throws, as a reason: its own texts hold names. */
function reasonOf(error: unknown, reader: SourceReader): unknown {
  if (error instanceof ArchiveRefused) return error;
  return reader.failure ?? new ArchiveRefused('it is damaged, cut off, or names files outside of itself');
}

/** All wanted files of the directory. @throws ArchiveRefused for anything that must not be in it. */
async function directory(
  zip: ZipFile,
  packedBytes: number,
  wanted: (name: string) => boolean,
  limits: ArchiveLimits,
): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw new ArchiveRefused(`it holds more than ${limits.entries} entries`);
  const declared = new Allowance(packedBytes, limits);
  const found: Entry[] = [];
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    count += 1;
    if (count > limits.entries) throw new ArchiveRefused(`it holds more than ${limits.entries} entries`);
    declared.take(entry.uncompressedSize);
    if (entry.fileName.endsWith('/')) continue;
    if (entry.isEncrypted()) throw new ArchiveRefused('it is encrypted');
    if (((entry.externalFileAttributes >>> 16) & FORMAT_BITS) === SYMLINK)
      throw new ArchiveRefused('it holds a symbolic link');
    const name = lastPart(entry.fileName);
    refuseNestedName(name);
    if (wanted(name)) found.push(entry);
  }
  if (found.length === 0) throw new ArchiveRefused('it holds no file that is wanted');
  return found;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

async function* contentOf(
  zip: ZipFile,
  entry: Entry,
  allowance: Allowance,
  reader: SourceReader,
): AsyncGenerator<Buffer> {
  let sum = 0;
  let first = true;
  try {
    for await (const bytes of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      if (first) refuseNestedContent(entry.fileName, bytes);
      first = false;
      allowance.take(bytes.length);
      sum = crc32(bytes, sum);
      yield bytes;
    }
  } catch (error) {
    throw reasonOf(error, reader);
  }
  if (sum !== entry.crc32) throw new ArchiveRefused('a file inside is damaged (its checksum differs)');
}

/** The files whose base name is wanted, in the order of the archive's directory. @throws ArchiveRefused */
export async function* zipEntries(
  archive: string,
  source: Source,
  wanted: (name: string) => boolean,
  limits: ArchiveLimits,
): AsyncGenerator<FileDelivery> {
  const allowance = new Allowance(source.size, limits);
  const reader = new SourceReader(source);
  let zip: ZipFile | undefined;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, { autoClose: false, lazyEntries: true });
    const entries = await directory(zip, source.size, wanted, limits);
    for (const [at, entry] of entries.entries()) {
      const inside = lastPart(entry.fileName);
      // A name is for people; what is not plain stays inside the archive.
      const name = `${archive}/${isPlainName(inside) ? inside : `file ${at + 1}`}`;
      yield { name, content: contentOf(zip, entry, allowance, reader) };
    }
  } catch (error) {
    throw reasonOf(error, reader);
  } finally {
    zip?.close();
  }
}
