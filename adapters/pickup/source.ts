/** What picking files up needs from the place where they lie: an SFTP folder or a local one. */

/** A directory entry as the place reports it. */
export interface SourceFile {
  /** Base name; below the first folder the path from there, with `/`. */
  name: string;
  /** Bytes. */
  size: number;
  /** Modification time in milliseconds; SFTP knows whole seconds only. */
  modified: number;
  /** Links, devices and sockets are `other`: never followed, never read. */
  kind: 'file' | 'folder' | 'other';
}

/** Where files go once they are stored: `archive` what was read, `error` what could not be. */
export type Box = 'archive' | 'error';

/** One open place. Every method may reject when the place is gone; the poller then opens a new one. */
export interface FileSource {
  /** Entries of a folder below the place, '' = the place itself; their names are base names. */
  list(folder: string): Promise<SourceFile[]>;
  /** The file as it is now; null when it is gone. */
  stat(name: string): Promise<SourceFile | null>;
  /** The first `limit` bytes of the file, as they come. */
  read(name: string, limit: number): AsyncIterable<Uint8Array>;
  /** Moves the file into a box under another base name and answers what lies there. Rejects when that name is taken. */
  move(name: string, box: Box, as: string): Promise<SourceFile | null>;
  /** Moves it back: it was not what had been read. Rejects when its old name is taken. */
  restore(name: string, box: Box, as: string): Promise<void>;
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
  /** Polls in a row that must see equal size and time before a file is read; default 2. */
  stablePolls?: number;
  /** Seconds that size and time must have been equal as well; default 0. */
  stableFor?: number | undefined;
  /**
   * A file `<name><marker>` beside it says that a file is complete. Stated, files without one are never read; not stated, a
   * `<name>.done` counts as stable.
   */
  marker?: string | undefined;
  /** Folders below the place that are looked into, by depth; default 0. */
  depth?: number;
  /** Glob over the names inside a zip; default all. */
  matchInside?: string | undefined;
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
  /** Files seen that are not complete yet. */
  waiting: number;
  /** What went wrong, for people; null when all went well. */
  failure: string | null;
}

/** This hub's turn at a place: of several hubs one polls it. */
export interface Turn {
  /** Throws when the turn may be over: nothing that others see may be done then. */
  check(): void;
  /** Asked before each file: false = stop here, a person has paused the feed. */
  goOn(): Promise<boolean>;
}

/** Gives turns. */
export interface Turns {
  /** Null = not now: another hub polls, or the feed is paused. */
  ask(): Promise<Turn | null>;
  /** True once when a person has asked for a poll since the last one. */
  called(): Promise<boolean>;
  /** Lets others have the place. */
  end(): Promise<void>;
}
