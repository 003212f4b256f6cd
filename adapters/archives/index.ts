/**
 * The files inside a `.gz` or `.zip`, streamed within bounds. A file with such a name is unpacked wherever it comes in; one that
 * is refused is kept as it came and held with the reason (formats/packed).
 */
import type { FileDelivery, Source } from '../contract.ts';
import { gunzipped } from './gzip.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './limits.ts';
import { zipEntries } from './zip.ts';

export { ARCHIVE_LIMITS, ArchiveRefused, type ArchiveLimits } from './limits.ts';

/** How a file is packed, by its name; null = it is not. */
export function packingOf(name: string): 'gz' | 'zip' | null {
  if (/\.gz$/i.test(name)) return 'gz';
  return /\.zip$/i.test(name) ? 'zip' : null;
}

/**
 * The files inside, one after the other; each content must be read before the next is asked for.
 * @throws ArchiveRefused, also from a content.
 */
export async function* filesInside(
  name: string,
  source: Source,
  wanted: (name: string) => boolean = () => true,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): AsyncGenerator<FileDelivery> {
  if (packingOf(name) === 'gz')
    yield { name: name.slice(0, -3), content: gunzipped(name.slice(0, -3), source, limits) };
  else yield* zipEntries(name, source, wanted, limits);
}
