/** The content of a `.gz`, as it comes. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Source } from '../contract.ts';
import { stepsOf } from '../source.ts';
import { Allowance, type ArchiveLimits, ArchiveRefused, refuseNestedContent } from './limits.ts';

/** What zlib says of bytes that are no gzip, or not all of it. */
const isDamage = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');

/** The unpacked bytes. `name` is what the file is called unpacked. @throws ArchiveRefused */
export async function* gunzipped(name: string, source: Source, limits: ArchiveLimits): AsyncGenerator<Uint8Array> {
  const allowance = new Allowance(source.size, limits);
  const gunzip = createGunzip();
  // Its failure is met where the unpacked bytes are read.
  const feeding = pipeline(Readable.from(stepsOf(source)), gunzip).catch(() => undefined);
  let first = true;
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      if (first) refuseNestedContent(name, bytes);
      first = false;
      allowance.take(bytes.length);
      yield bytes;
    }
  } catch (error) {
    throw isDamage(error) ? new ArchiveRefused('it is damaged or cut off') : error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}
