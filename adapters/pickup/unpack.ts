/** Every way in for files goes through here: a packed file is delivered as the files inside it, any other as it is. */
import { ArchiveRefused, filesInside, packingOf } from '../archives/index.ts';
import type { DeliverFile, FileDelivery, FileReceipt } from '../contract.ts';
import { stepsOf } from '../source.ts';
import { baseOf } from './names.ts';
import { spool } from './spool.ts';

/** What became of one file. */
export interface Unpacked {
  /** Of the file, or of each file inside it. */
  receipts: FileReceipt[];
  /** Why an archive was not unpacked; it was delivered as it is then. Null otherwise. */
  refused: string | null;
}

/** How files are unpacked. */
export interface UnpackOptions {
  /** Which files inside a zip are wanted, by base name; default all. */
  wanted?: (name: string) => boolean;
  /** Folder of the spool; default below the system's temporary folder. */
  spoolFolder?: string | undefined;
}

/**
 * Delivers a file. An archive that is refused is stored as it came: it is held with the reason, and the others go on.
 * Rejects as `deliver` does; what was delivered before of an archive is recognised when it comes again.
 */
export async function deliverUnpacked(
  deliver: DeliverFile,
  file: FileDelivery,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  if (packingOf(file.name) === null) return { receipts: [await deliver(file)], refused: null };
  const packed = await spool(file.content, options.spoolFolder);
  try {
    const receipts: FileReceipt[] = [];
    try {
      for await (const inside of filesInside(file.name, packed, options.wanted)) receipts.push(await deliver(inside));
      return { receipts, refused: null };
    } catch (error) {
      if (!(error instanceof ArchiveRefused)) throw error;
      receipts.push(await deliver({ name: baseOf(file.name), content: stepsOf(packed) }));
      return { receipts, refused: error.message };
    }
  } finally {
    await packed.close();
  }
}
