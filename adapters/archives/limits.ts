/** How far an archive is unpacked (RELIABILITY A18). What lies beyond is refused, and told by a sentence without names. */

/** Bounds of one archive. */
export interface ArchiveLimits {
  /** Unpacked bytes for each packed byte. */
  ratio: number;
  /** Unpacked bytes of all files together. */
  totalBytes: number;
  /** Files and folders inside. */
  entries: number;
  /** The archive itself. */
  packedBytes: number;
}

export const ARCHIVE_LIMITS: Readonly<ArchiveLimits> = {
  ratio: 100,
  totalBytes: 1024 ** 3,
  entries: 1_000,
  packedBytes: 1024 ** 3,
};

/** Below this size the ratio says nothing: a small text of blanks packs well too. */
const RATIO_COUNTS_FROM = 1024 ** 2;

/** The archive is not unpacked; `message` says why, for its sender. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** Counts what comes out of one archive against what went in. */
export class Allowance {
  readonly #limits: ArchiveLimits;
  readonly #packedBytes: number;
  #bytes = 0;

  /** @throws ArchiveRefused when the archive itself is too large. */
  constructor(packedBytes: number, limits: ArchiveLimits) {
    if (packedBytes > limits.packedBytes) throw new ArchiveRefused('the archive itself is too large');
    this.#packedBytes = packedBytes;
    this.#limits = limits;
  }

  /** @throws ArchiveRefused when these bytes are too many. */
  take(bytes: number): void {
    this.#bytes += bytes;
    const { totalBytes, ratio } = this.#limits;
    if (this.#bytes > totalBytes) throw new ArchiveRefused(`it unpacks to more than ${totalBytes} bytes`);
    if (this.#bytes > RATIO_COUNTS_FROM && this.#bytes > this.#packedBytes * ratio)
      throw new ArchiveRefused(`it unpacks to more than ${ratio} times its size`);
  }
}

const ARCHIVES = /\.(zip|gz|tgz|bz2|xz|7z|rar|tar|zst)$/i;
const SPREADSHEET = /\.(xlsx|xlsm)$/i;

/** How archives begin: gzip, bzip2, xz, 7z, rar, zstd. */
const STARTS = ['1f8b', '425a68', 'fd377a585a00', '377abcaf271c', '526172211a07', '28b52ffd'];
const TAR_AT = 257;

const begins = (bytes: Uint8Array, hex: string): boolean =>
  Buffer.from(bytes.subarray(0, hex.length / 2)).toString('hex') === hex;

/** Archives are unpacked once: one inside another is refused by its name. @throws ArchiveRefused */
export function refuseNestedName(name: string): void {
  if (ARCHIVES.test(name)) throw new ArchiveRefused('it holds another archive');
}

/** The same by the first bytes of a content. A workbook is a zip, and no archive for us. @throws ArchiveRefused */
export function refuseNestedContent(name: string, start: Uint8Array): void {
  const zip = begins(start, '504b0304') || begins(start, '504b0506');
  const tar = Buffer.from(start.subarray(TAR_AT, TAR_AT + 5)).toString('latin1') === 'ustar';
  if (tar || (zip && !SPREADSHEET.test(name)) || STARTS.some((hex) => begins(start, hex)))
    throw new ArchiveRefused('it holds another archive');
}
