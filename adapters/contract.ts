/**
 * What all adapters share. A format turns bytes into canonical records and is pure (no clock, no I/O but the source it is
 * given); a transport moves bytes and knows nothing of their meaning. The registry (`adapters/index.ts`) is handed to the
 * stages by `src/hub.ts`. What formats need to walk through a source is in `source.ts`.
 */
import type { CanonicalRecord, FunctionalGroupRecord, RecordError } from '../src/model/records.ts';

/** What a format may know besides the bytes. The tenant is not here on purpose: it comes from the feed, never from a payload. */
export interface FormatContext {
  /** Name of the feed (`epic-adt`). */
  feed: string;
  /** IANA zone of times without an offset. */
  zone: string;
  /** SHA-256 of the whole payload in hex. */
  sha256: string;
  /** The feed's `format:` options, already validated by the format's own `options` check. */
  options: Readonly<Record<string, unknown>>;
}

/** One unit of the payload (HL7 message, claim transaction, X12 document, CSV line) after parse and map. */
export interface Parsed {
  /** Position inside the payload, for people: `line 17`, `G1 12/1`, `ST 3`, `message 2`. Stable: part of natural keys. */
  position: string;
  /** What it says. Empty with errors = rejected. */
  records: CanonicalRecord[];
  /** Unreadable values. With records: the record was accepted with these values absent. */
  errors: RecordError[];
  /**
   * Why nothing else of a well-formed unit is kept, as a short code: the whole unit (an unsupported event, an N1 copy), or, with
   * records, the part beside them (the charges of a DFT). The payload itself always stays.
   */
  ignored?: string;
}

/** `ignored` of a unit whose errors are remarks: something is told that costs nothing, so nothing is rejected. */
export const REMARK = 'REMARK';

/** A file that must not be read at all (12.19: trailer missing). */
export class HeldPayload extends Error {
  override readonly name = 'HeldPayload';
  readonly position: string;
  readonly field: string;
  constructor(position: string, field: string, message: string) {
    super(message);
    this.position = position;
    this.field = field;
  }
}

/**
 * The bytes of a payload wherever they lie: a message in memory, a large file in stored pieces. They can be read anywhere and
 * more than once, because a trailer is looked at first, a workbook's directory stands at the end and an answer may stand far
 * behind its request. A reader that asks for bounded ranges needs bounded memory.
 */
export interface Source {
  /** Bytes of the whole payload. */
  readonly size: number;
  /** How many bytes a reader that walks through it should ask for at once. What it reads must not depend on that. */
  readonly step: number;
  /** The bytes from `from` up to, not including, `to`; fewer where the payload ends. Not to be written to. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A format: a folder `adapters/formats/<name>/` of one shape. */
export interface Format {
  name: string;
  /** What it carries, for people and for `feed list`. */
  kind: 'ehr' | 'claims' | 'invoices' | 'master' | 'reference';
  /** Problems of a feed's format options, each a sentence naming the option; empty = fine. */
  checkOptions(options: Readonly<Record<string, unknown>>): string[];
  /**
   * Reads a payload lazily, a handful of units at a time. How many come together means nothing: a large file is stored portion
   * by portion, and after a crash it is read again from its beginning and what was stored already is passed over. So the units
   * and their positions depend on the bytes and the context alone. Never throws for bad content: a unit that cannot be read is
   * yielded with errors. A format whose payloads always fit in memory is written with `whole` (source.ts).
   * @throws HeldPayload before the first unit when the payload must be held as a whole.
   */
  read(source: Source, context: FormatContext): AsyncIterable<readonly Parsed[]>;
  /** Takes a payload apart for people, as it was sent. Absent = the format has nothing to show beside the text. */
  tree?: (bytes: Uint8Array) => TreeUnit[];
  /**
   * What stands at some positions of a payload of any size, in its order and in bounded memory. Absent = positions are lines of
   * text, or nothing can be shown. A position that is not found is left out.
   */
  excerpts?: (source: Source, positions: ReadonlySet<string>) => AsyncIterable<Excerpt>;
  /**
   * The payload with some values replaced, every other byte as it was. Absent = it can only be replaced as a whole.
   * @throws PlaceUnknown when a place does not exist, or the value cannot stand there.
   */
  edit?: (bytes: Uint8Array, changes: readonly PlaceValue[]) => Uint8Array;
  /**
   * The text that answers a received group (X12 997). `created` is local, `YYYY-MM-DDTHH:mm:ss`.
   * @throws RangeError when the group cannot be answered: it names no parties, or a number that cannot be repeated.
   */
  acknowledge?(group: FunctionalGroupRecord, envelope: { controlNumber: number; created: string }): string;
}

/** What stands at a position of a payload, as it was sent; long parts are cut. */
export interface Excerpt {
  /** As in `Parsed`. */
  position: string;
  lines: string[];
  /** The same taken apart, where the format can. */
  unit?: TreeUnit;
}

/** One message of a payload, taken apart. */
export interface TreeUnit {
  /** As in `Parsed`. */
  position: string;
  segments: { name: string; fields: TreeField[] }[];
}

/** One field as it was sent. */
export interface TreeField {
  /** `PID-8`, as errors name it. */
  place: string;
  value: string;
  /** False = may hold a patient's value: deny by default. */
  harmless: boolean;
  /** `PID-5.1` ..., when there is more than one. */
  parts: { place: string; value: string }[];
}

/** A place and what shall stand there. */
export interface PlaceValue {
  /** `PID-8`, `PID-5.2`, `PID-3[2].1`, `OBX[3]-5`, `2/PID-8` in the second message. */
  place: string;
  value: string;
}

/** A place that cannot be edited so. The sentence holds the place, never a value. */
export class PlaceUnknown extends Error {
  override readonly name = 'PlaceUnknown';
}

/** A message on its way in, before it is stored. */
export interface Delivery {
  /** Sender's own key for duplicates: MSH-10. */
  controlId: string;
  /** Connection label; kept for people, means nothing. */
  name: string;
  bytes: Uint8Array;
}

/** The outcome of storing: only after it resolves may the sender be told anything good. */
export interface Receipt {
  rawId: string;
  duplicate: boolean;
}

/** What a transport hands messages to. Resolves after commit; rejects when nothing was stored. */
export type Deliver = (delivery: Delivery) => Promise<Receipt>;

/** A file on its way in, of any size: its control id is the hash of its bytes. */
export interface FileDelivery {
  /** File name; kept for people, means nothing. */
  name: string;
  /** The bytes, once through. Where it throws (the file changed meanwhile, the connection broke), nothing is stored. */
  content: AsyncIterable<Uint8Array>;
}

/** The outcome of storing a file. */
export interface FileReceipt extends Receipt {
  /** SHA-256 of the whole file in hex. */
  sha256: string;
}

/** What a transport hands files to. Resolves after commit; rejects, with the content's own error, when nothing was stored. */
export type DeliverFile = (file: FileDelivery) => Promise<FileReceipt>;

/** A running listener or poller. */
export interface Running {
  /** Stops taking new deliveries, waits for those under way (at most ten seconds). */
  stop(): Promise<void>;
}

/** One that can also end without cutting anything off: what is under way is brought to its end, however long that takes. */
export interface Finishing extends Running {
  finish(): Promise<void>;
}
