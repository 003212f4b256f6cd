/** Lists a place and the folders below it, within bounds: a partner's folder can be as deep and as full as they like. */
import { isPlainName } from './names.ts';
import type { FileSource, SourceFile } from './source.ts';

const MOST_ENTRIES = 200_000;
const MOST_FOLDERS = 1_000;

/** The place holds more than a poll can look at. */
export class PlaceTooFull extends Error {
  override readonly name = 'PlaceTooFull';
}

/** An entry with the name that the place gave it: only that name tells whether it is plain. */
export interface Seen extends SourceFile {
  base: string;
}

interface Folder {
  path: string;
  depth: number;
  /** How it was seen from above; null = the place itself. */
  entry: Seen | null;
}

/**
 * Entries of the place down to `depth`, folders that are looked into left out; names are paths from the place. Folders with
 * other than plain names are not entered and are told like any other entry, as are those that cannot be listed.
 * @throws PlaceTooFull
 */
export async function walk(source: FileSource, depth: number): Promise<Seen[]> {
  const found: Seen[] = [];
  const folders: Folder[] = [{ path: '', depth: 0, entry: null }];
  for (const folder of folders) {
    for (const seen of await entriesOf(source, folder)) {
      const enters = seen.kind === 'folder' && seen !== folder.entry && folder.depth < depth && isPlainName(seen.base);
      if (enters) folders.push({ path: seen.name, depth: folder.depth + 1, entry: seen });
      else found.push(seen);
    }
    if (found.length > MOST_ENTRIES || folders.length > MOST_FOLDERS)
      throw new PlaceTooFull(`the place holds more than ${MOST_ENTRIES} entries or ${MOST_FOLDERS} folders`);
  }
  return found;
}

/** What a folder holds; the folder itself when it cannot be listed, which must not hold back the others. */
async function entriesOf(source: FileSource, { path, entry }: Folder): Promise<Seen[]> {
  try {
    const entries = await source.list(path);
    return entries
      .filter(({ name }) => name !== '.' && name !== '..')
      .map((one) => ({ ...one, base: one.name, name: path === '' ? one.name : `${path}/${one.name}` }));
  } catch (error) {
    if (entry === null) throw error;
    return [entry];
  }
}
