/** The files of one SFTP user of the simulator: a directory of its own that no path can leave. */
import { lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';

/** A path cannot be used: it does not exist or leads outside. */
export class NoSuchPath extends Error {
  override readonly name = 'NoSuchPath';
}

/** Maps SFTP paths to one local directory. */
export class SftpTree {
  constructor(readonly root: string) {
    mkdirSync(root, { recursive: true });
  }

  /** The absolute SFTP path of any path a client sends (`.`, `a/../b`, `//x`): always below `/`. */
  absolute(path: string): string {
    return posix.normalize(posix.join('/', path));
  }

  /** The local path. @throws NoSuchPath for NUL bytes and for paths through a symbolic link. */
  local(path: string): string {
    if (path.includes('\0')) throw new NoSuchPath();
    let current = this.root;
    for (const step of this.absolute(path).split('/').filter(Boolean)) {
      current = join(current, step);
      const found = lstatSync(current, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw new NoSuchPath();
    }
    return current;
  }

  /** @throws NoSuchPath */
  stat(path: string): Stats {
    const found = lstatSync(this.local(path), { throwIfNoEntry: false });
    if (found === undefined) throw new NoSuchPath();
    return found;
  }

  /** A path itself, be it a symbolic link. @throws NoSuchPath */
  entry(path: string): Stats {
    const whole = this.absolute(path);
    const found = lstatSync(join(this.local(posix.dirname(whole)), posix.basename(whole)), { throwIfNoEntry: false });
    if (found === undefined) throw new NoSuchPath();
    return found;
  }

  /** Base names in a folder, sorted. @throws NoSuchPath */
  list(path: string): string[] {
    if (!this.stat(path).isDirectory()) throw new NoSuchPath();
    return readdirSync(this.local(path)).sort();
  }
}
