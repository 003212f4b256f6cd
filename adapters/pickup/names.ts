/**
 * Which names of a partner's folder are picked up. A name comes from outside: it is compared and passed back to the same
 * server, never used as a local path, and anything but a plain file name is left alone (RELIABILITY A17).
 */
import { createHash } from 'node:crypto';

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._@+=, -]{0,199}$/;
/** What programs call a file while they write it. */
const UNFINISHED = /\.(part|partial|filepart|tmp|temp|crdownload|swp)$/i;

/** True for a plain base name: letters, digits and `._@+=, -`, at most 200 characters, no leading dot, dash or blank. */
export const isPlainName = (name: string): boolean => PLAIN.test(name) && !name.includes('..');

/** True for the name of a file that is still being written, by the custom of transfer programs. */
export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/** `a/b/c.txt` -> `c.txt`. */
export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A glob of `*`, `?` and literal text over one name, as a predicate. Case counts. */
export function globMatcher(glob: string): (name: string) => boolean {
  const source = glob
    .split('')
    .map((char) => {
      if (char === '*') return '[^/]*';
      if (char === '?') return '[^/]';
      return char.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
    })
    .join('');
  const pattern = new RegExp(`^${source}$`);
  return (name) => pattern.test(name);
}

/** A stable label of a name that must not be printed: twelve hex digits of its hash. */
export const labelOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12);
