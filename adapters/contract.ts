/**
 * What all adapters share. A format turns bytes into canonical records and is pure (no I/O, no clock); a transport moves
 * bytes and knows nothing of their meaning. The registry (`adapters/index.ts`) is handed to the stages by `src/hub.ts`.
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
  /** A well-formed unit that says nothing the hub keeps (an unsupported event, an N1 copy): why, as a short code. */
  ignored?: string;
}

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

/** A format: a folder `adapters/formats/<name>/` of one shape. */
export interface Format {
  name: string;
  /** What it carries, for people and for `feed list`. */
  kind: 'ehr' | 'claims' | 'invoices' | 'master' | 'reference';
  /** Problems of a feed's format options, each a sentence naming the option; empty = fine. */
  checkOptions(options: Readonly<Record<string, unknown>>): string[];
  /**
   * Reads a payload lazily. Never throws for bad content: a unit that cannot be read is yielded with errors.
   * @throws HeldPayload before the first unit when the payload must be held as a whole.
   */
  read(bytes: Uint8Array, context: FormatContext): Iterable<Parsed>;
  /**
   * The text that answers a received group (X12 997). `created` is local, `YYYY-MM-DDTHH:mm:ss`.
   * @throws RangeError when the group cannot be answered: it names no parties, or a number that cannot be repeated.
   */
  acknowledge?(group: FunctionalGroupRecord, envelope: { controlNumber: number; created: string }): string;
}

/** A payload on its way in, before it is stored. */
export interface Delivery {
  /** Sender's own key for duplicates: MSH-10, or the file's hash for files. */
  controlId: string;
  /** File name or connection label; kept for people, means nothing. */
  name: string;
  bytes: Uint8Array;
}

/** The outcome of storing: only after it resolves may the sender be told anything good. */
export interface Receipt {
  rawId: string;
  duplicate: boolean;
}

/** What a transport hands deliveries to. Resolves after commit; rejects when nothing was stored. */
export type Deliver = (delivery: Delivery) => Promise<Receipt>;

/** A running listener or poller. */
export interface Running {
  /** Stops taking new deliveries, waits for those under way (at most ten seconds). */
  stop(): Promise<void>;
}
