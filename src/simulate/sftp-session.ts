/** Answers one SFTP session (protocol version 3) from a user's tree. Every request is answered, never a crash. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import { NoSuchPath, type SftpTree } from './sftp-tree.ts';

const { STATUS_CODE, OPEN_MODE, flagsToString } = ssh2.utils.sftp;

/** Faults that tests and `sim break` put into a server. */
export interface SftpFaults {
  /** Changes what a folder claims to hold. */
  listing?: (entries: FileEntry[]) => FileEntry[];
  /** Called with every path that a client asks to open. */
  onOpen?: (path: string) => void;
  /** Called before each READ with the local path and the offset. */
  beforeRead?: (localPath: string, offset: number) => void;
  /** Called before and after a RENAME is carried out; it is answered only then. */
  onRename?: (when: 'before' | 'after', localPath: string) => void;
}

type Handle = { path: string; file: number } | { path: string; entries: FileEntry[] };

const attributes = (found: Stats): Attributes => ({
  mode: found.mode,
  uid: 0,
  gid: 0,
  size: found.size,
  atime: Math.floor(found.atimeMs / 1000),
  mtime: Math.floor(found.mtimeMs / 1000),
});

/** A directory entry as `ls -l` prints it, which is what SFTP 3 sends. */
export function fileEntry(filename: string, attrs: Attributes): FileEntry {
  const kind = (attrs.mode & 0o170000) === 0o040000 ? 'd' : (attrs.mode & 0o170000) === 0o120000 ? 'l' : '-';
  return { filename, longname: `${kind}rw-r--r-- 1 partner partner ${attrs.size} Jan 1 00:00 ${filename}`, attrs };
}

class Session {
  private readonly handles = new Map<number, Handle>();
  private next = 1;

  constructor(
    private readonly sftp: SFTPWrapper,
    private readonly tree: SftpTree,
    private readonly faults: SftpFaults,
  ) {}

  /** Closes what the client left open. */
  end(): void {
    for (const handle of this.handles.values()) if ('file' in handle) closeSync(handle.file);
    this.handles.clear();
  }

  /** Runs one request and answers its failure. */
  answer(request: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      const gone =
        error instanceof NoSuchPath || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
      this.sftp.status(request, gone ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
    }
  }

  private keep(handle: Handle): Buffer {
    const id = this.next++;
    this.handles.set(id, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(id);
    return bytes;
  }

  private find(bytes: Buffer): Handle {
    const found = bytes.length === 4 ? this.handles.get(bytes.readUInt32BE()) : undefined;
    if (found === undefined) throw new Error('unknown handle');
    return found;
  }

  private file(bytes: Buffer): { path: string; file: number } {
    const found = this.find(bytes);
    if (!('file' in found)) throw new Error('not a file handle');
    return found;
  }

  private done(request: number): void {
    this.sftp.status(request, STATUS_CODE.OK);
  }

  open(request: number, path: string, flags: number): void {
    const mode = flagsToString(flags) ?? ((flags & OPEN_MODE.WRITE) === 0 ? 'r' : 'r+');
    this.faults.onOpen?.(path);
    const local = this.tree.local(path);
    this.sftp.handle(request, this.keep({ path: local, file: openSync(local, mode, 0o644) }));
  }

  read(request: number, handle: Buffer, offset: number, length: number): void {
    const { path, file } = this.file(handle);
    this.faults.beforeRead?.(path, offset);
    const bytes = Buffer.alloc(Math.min(length, 256 * 1024));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    if (read === 0) this.sftp.status(request, STATUS_CODE.EOF);
    else this.sftp.data(request, bytes.subarray(0, read));
  }

  write(request: number, handle: Buffer, offset: number, data: Buffer): void {
    writeSync(this.file(handle).file, data, 0, data.length, offset);
    this.done(request);
  }

  close(request: number, handle: Buffer): void {
    const found = this.find(handle);
    if ('file' in found) closeSync(found.file);
    this.handles.delete(handle.readUInt32BE());
    this.done(request);
  }

  openFolder(request: number, path: string): void {
    const entries = this.tree.list(path).map((name) => fileEntry(name, attributes(this.tree.entry(`${path}/${name}`))));
    this.sftp.handle(request, this.keep({ path, entries: this.faults.listing?.(entries) ?? entries }));
  }

  readFolder(request: number, handle: Buffer): void {
    const found = this.find(handle);
    if (!('entries' in found)) throw new Error('not a folder handle');
    const page = found.entries.splice(0, 100);
    if (page.length === 0) this.sftp.status(request, STATUS_CODE.EOF);
    else this.sftp.name(request, page);
  }

  stat(request: number, path: string): void {
    this.sftp.attrs(request, attributes(this.tree.stat(path)));
  }

  linkStat(request: number, path: string): void {
    this.sftp.attrs(request, attributes(this.tree.entry(path)));
  }

  statHandle(request: number, handle: Buffer): void {
    this.sftp.attrs(request, attributes(fstatSync(this.file(handle).file)));
  }

  setHandle(request: number, handle: Buffer, attrs: Attributes): void {
    const { file } = this.file(handle);
    if (typeof attrs.size === 'number') ftruncateSync(file, attrs.size);
    if (typeof attrs.mtime === 'number') futimesSync(file, attrs.atime, attrs.mtime);
    this.done(request);
  }

  /** SFTP 3: renaming onto an existing file fails. */
  rename(request: number, from: string, to: string): void {
    const target = this.tree.local(to);
    this.tree.stat(from);
    try {
      this.tree.stat(to);
    } catch {
      this.faults.onRename?.('before', target);
      renameSync(this.tree.local(from), target);
      this.faults.onRename?.('after', target);
      return this.done(request);
    }
    this.sftp.status(request, STATUS_CODE.FAILURE);
  }

  makeFolder(request: number, path: string): void {
    mkdirSync(this.tree.local(path));
    this.done(request);
  }

  removeFolder(request: number, path: string): void {
    rmdirSync(this.tree.local(path));
    this.done(request);
  }

  remove(request: number, path: string): void {
    unlinkSync(this.tree.local(path));
    this.done(request);
  }

  realPath(request: number, path: string): void {
    const filename = this.tree.absolute(path);
    this.sftp.name(request, [
      { filename, longname: filename, attrs: { mode: 0o40755, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 } },
    ]);
  }
}

/** Serves the session until the client closes it. */
export function serveSftp(sftp: SFTPWrapper, tree: SftpTree, faults: SftpFaults): void {
  const session = new Session(sftp, tree, faults);
  const on = (id: number, act: () => void) => session.answer(id, act);
  sftp.on('OPEN', (id, path, flags) => on(id, () => session.open(id, path, flags)));
  sftp.on('READ', (id, handle, offset, length) => on(id, () => session.read(id, handle, offset, length)));
  sftp.on('WRITE', (id, handle, offset, data) => on(id, () => session.write(id, handle, offset, data)));
  sftp.on('CLOSE', (id, handle) => on(id, () => session.close(id, handle)));
  sftp.on('OPENDIR', (id, path) => on(id, () => session.openFolder(id, path)));
  sftp.on('READDIR', (id, handle) => on(id, () => session.readFolder(id, handle)));
  sftp.on('STAT', (id, path) => on(id, () => session.stat(id, path)));
  sftp.on('LSTAT', (id, path) => on(id, () => session.linkStat(id, path)));
  sftp.on('FSTAT', (id, handle) => on(id, () => session.statHandle(id, handle)));
  sftp.on('FSETSTAT', (id, handle, attrs) => on(id, () => session.setHandle(id, handle, attrs)));
  sftp.on('SETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on('RENAME', (id, from, to) => on(id, () => session.rename(id, from, to)));
  sftp.on('MKDIR', (id, path) => on(id, () => session.makeFolder(id, path)));
  sftp.on('RMDIR', (id, path) => on(id, () => session.removeFolder(id, path)));
  sftp.on('REMOVE', (id, path) => on(id, () => session.remove(id, path)));
  sftp.on('REALPATH', (id, path) => on(id, () => session.realPath(id, path)));
  for (const unsupported of ['READLINK', 'SYMLINK', 'EXTENDED'])
    sftp.on(unsupported, (id: number) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
  sftp.on('close', () => session.end());
}
