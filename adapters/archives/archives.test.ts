/** Archives: what is inside comes out unchanged, and nothing that was made to do harm is unpacked. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { inMemory } from '../source.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, ArchiveRefused, filesInside, packingOf } from './index.ts';

interface Inside {
  name: string;
  bytes: Uint8Array;
  /** What the directory says; default the truth. */
  size?: number;
  mode?: number;
  flags?: number;
}

/** A zip by hand, so that it can lie. */
function zip(files: readonly Inside[], entryCount = files.length): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, size = bytes.length, mode = 0o100644, flags = 0 } of files) {
    const packed = deflateRawSync(bytes);
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(flags, 2);
    fixed.writeUInt16LE(8, 4);
    fixed.writeUInt32LE(crc32(bytes), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(size, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fixed, Buffer.from(name), packed]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE((mode << 16) >>> 0, 6);
    more.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021403', 'hex'), fixed, more, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

/** Everything that comes out, by name; or why nothing more does. */
async function unpack(
  name: string,
  bytes: Uint8Array,
  { limits = {}, wanted }: { limits?: Partial<ArchiveLimits>; wanted?: (name: string) => boolean } = {},
): Promise<{ files: Record<string, string>; refused?: string }> {
  const files: Record<string, string> = {};
  try {
    for await (const inside of filesInside(name, inMemory(bytes, 1000), wanted, { ...ARCHIVE_LIMITS, ...limits })) {
      const parts: Uint8Array[] = [];
      for await (const part of inside.content) parts.push(part);
      files[inside.name] = Buffer.concat(parts).toString('latin1');
    }
    return { files };
  } catch (error) {
    if (error instanceof ArchiveRefused) return { files, refused: error.message };
    throw error;
  }
}
const text = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7919) % 251));
const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * 1024 ** 2);

test('a file comes out as it went in, whatever is called .gz or .zip', async () => {
  const content = text(300_000);
  expect((await unpack('claims.txt.gz', gzipSync(content))).files).toEqual({
    'claims.txt': content.toString('latin1'),
  });
  const twice = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
  expect((await unpack('C.GZ', twice)).files).toEqual({ C: 'one\ntwo\n' });
  const archive = zip([
    { name: 'folder/', bytes: Buffer.alloc(0) },
    { name: 'folder/a.txt', bytes: content },
    { name: 'b\u202E.txt', bytes: Buffer.from('b') },
    { name: 'notes.md', bytes: Buffer.from('n') },
  ]);
  expect((await unpack('x.zip', archive, { wanted: (name) => name.endsWith('.txt') })).files).toEqual({
    'x.zip/a.txt': content.toString('latin1'),
    'x.zip/file 2': 'b',
  });
  expect(['a.csv', 'a.gz.csv', 'gz', 'a.ZIP', 'a.gz'].map((name) => packingOf(name))).toEqual([
    null,
    null,
    null,
    'zip',
    'gz',
  ]);
});

test('bombs: by ratio, by size, by number of entries; none is unpacked to its end', async () => {
  const bomb = gzipSync(zeros(200));
  expect(await unpack('b.gz', bomb)).toEqual({ files: {}, refused: expect.stringContaining('100 times') });
  const large = { limits: { totalBytes: 2_000_000, ratio: 1e9 } };
  expect((await unpack('b.gz', gzipSync(zeros(3)), large)).refused).toContain('more than 2000000 bytes');
  expect((await unpack('b.zip', zip([{ name: 'a', bytes: zeros(50) }]))).refused).toContain('100 times');
  const many = Array.from({ length: 1_001 }, (_, at) => ({ name: `f${at}`, bytes: Buffer.alloc(0) }));
  expect((await unpack('b.zip', zip(many))).refused).toContain('1000 entries');
  expect((await unpack('b.zip', zip(many.slice(0, 3), 60_000))).refused).toContain('1000 entries');
  expect((await unpack('b.gz', text(2_000), { limits: { packedBytes: 1_000 } })).refused).toContain('itself');
});

test('a directory that lies about sizes is found out, and what it hides is not stored', async () => {
  const hidden = zip([{ name: 'a', bytes: zeros(20), size: 10 }]);
  expect(await unpack('b.zip', hidden)).toEqual({ files: {}, refused: expect.stringContaining('damaged') });
  const short = zip([{ name: 'a', bytes: Buffer.from('abc'), size: 10 }]);
  expect((await unpack('b.zip', short)).refused).toContain('damaged');
});

test('archives inside archives, links, encryption and names that lead outside', async () => {
  const inner = zip([{ name: 'a', bytes: Buffer.from('a') }]);
  const one = (file: Partial<Inside>) => unpack('b.zip', zip([{ name: 'a', bytes: Buffer.from('a'), ...file }]));
  expect((await one({ name: 'inner.zip' })).refused).toContain('another archive');
  expect((await one({ name: 'inner.dat', bytes: inner })).refused).toContain('another archive');
  expect((await one({ name: 'inner.dat', bytes: gzipSync('a') })).refused).toContain('another archive');
  expect((await unpack('b.gz', gzipSync(gzipSync('a')))).refused).toContain('another archive');
  expect((await one({ name: 'book.xlsx', bytes: inner })).refused).toBeUndefined();
  expect((await one({ mode: 0o120777 })).refused).toContain('symbolic link');
  expect((await one({ flags: 1 })).refused).toContain('encrypted');
  for (const name of ['../a', '/etc/a', 'a/../../b', '..\\a', 'C:/a'])
    expect((await one({ name })).refused).toMatch(/outside of itself/);
});

test('damage is found by the checksum, and a cut archive is not read', async () => {
  const archive = zip([{ name: 'a.txt', bytes: Buffer.from('x'.repeat(500)) }]);
  const flipped = Buffer.from(archive);
  // In the directory: the content is whole, its checksum is another one's.
  const at = flipped.indexOf(Buffer.from('504b0102', 'hex')) + 16;
  flipped.writeUInt32LE(0, at);
  expect(await unpack('b.zip', flipped)).toEqual({ files: {}, refused: expect.stringContaining('checksum') });
  expect((await unpack('b.zip', archive.subarray(0, -30))).refused).toContain('damaged');
  expect((await unpack('b.gz', gzipSync(text(5_000)).subarray(0, -10))).refused).toContain('cut off');
  expect((await unpack('b.zip', zip([]))).refused).toContain('no file that is wanted');
});
