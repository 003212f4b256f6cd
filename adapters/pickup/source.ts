/** What picking files up needs from the place where they lie: an SFTP folder or a local one. */

/** A directory entry as the place reports it. */
export interface SourceFile {
  name: string;
  /** Bytes. */
  size: number;
  /** Modification time in milliseconds; SFTP knows whole seconds only. */
  modified: number;
  /** False for folders, links, devices and sockets. */
  regular: boolean;
}

/** One open place. Every method may reject when the place is gone; the poller then opens a new one. */
export interface FileSource {
  list(): Promise<SourceFile[]>;
  /** The file as it is now; null when it is gone. */
  stat(name: string): Promise<SourceFile | null>;
  /** The first `limit` bytes of the file, as they come. */
  read(name: string, limit: number): AsyncIterable<Uint8Array>;
  /** Moves the file into the archive under another base name. Rejects when that name is taken. */
  archive(name: string, archivedAs: string): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What happens to a file once it is stored. */
type AfterReading = 'archive' | 'delete' | 'leave';

/** How a place is polled; the same for SFTP and folders. */
export interface PickupRules {
  /** Glob over base names. */
  match: string;
  pollSeconds: number;
  after: AfterReading;
  /** Polls in a row that must see equal size and time before a file is read; default 2. A `<name>.done` beside it counts as stable. */
  stablePolls?: number;
  /** Largest file that is read, in bytes; default 64 GB. */
  maxBytes?: number;
}

/** Where a transport says what it does: a sentence with labels and counts, never a file's name or content. */
export type TransportLog = (event: { level: 'info' | 'warn' | 'error'; message: string }) => void;

/** What one poll did; the last one is the connection state of a feed. */
export interface PollReport {
  /** Files stored by this poll. */
  delivered: number;
  /** Files seen whose name or kind is refused. */
  refused: number;
  /** What went wrong, for people; null when all went well. */
  failure: string | null;
}
