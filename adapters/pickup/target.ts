/** What delivering files needs from the place they go to: an SFTP folder or a local one. */
import type { SourceFile } from './source.ts';

/**
 * One open place. An error tells nothing about what happened there: the request may have been carried out and its answer lost.
 */
export interface FileTarget {
  /** What lies there now. */
  list(): Promise<SourceFile[]>;
  /** Writes a file that must not be there yet. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Rejects when the new name is taken. */
  rename(from: string, to: string): Promise<void>;
  /** SHA-256 in hex of a file's first `limit` bytes; null when the place lets files be written but not read. */
  sha256(name: string, limit: number): Promise<string | null>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}
