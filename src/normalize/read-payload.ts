/**
 * One payload through its feed's format, whole or portion by portion. Reading never throws: what goes wrong is an outcome
 * beside the others of the batch.
 */
import { type Format, HeldPayload, type Parsed, type Source } from '../../adapters/contract.ts';
import type { CanonicalRecord, ClaimRecord, RecordError } from '../model/records.ts';
import { type FeedSettings, type Item, type RawPayload, type Unit, unitOf } from './batch.ts';
import { PackedClaims } from './claims/packed-claims.ts';

/** What reading a payload, or a portion of it, came to. */
export type Outcome =
  | {
      kind: 'READ';
      raw: RawPayload;
      feed: FeedSettings;
      /** Without those of which `claims` remembers all there is to know. */
      units: Unit[];
      items: Item[];
      /** Claims that are no items: they were packed as they were read. */
      claims: PackedClaims | undefined;
      /** Errors of the portions before this one: errors are numbered through the payload. */
      errorsBefore: number;
      /** False = another portion follows. */
      complete: boolean;
    }
  /** Must not be read (12.19), or says what its feed may not say. */
  | { kind: 'HELD'; raw: RawPayload; feed: FeedSettings; position: string; error: RecordError }
  /** The hub failed, not the sender: tried again, then set aside. `reason` never carries a value. */
  | { kind: 'FAILED'; raw: RawPayload; reason: string };

/** Who reads, and with what. */
export interface Reader {
  feeds: ReadonlyMap<string, FeedSettings>;
  formats: ReadonlyMap<string, Format>;
  /** Only the public tenant's feeds may bring public reference data: it would change the answers of every tenant. */
  mayReadPublicData: boolean;
}

/** An archive is stored under its own name only when it could not be unpacked on its way in: adapters/formats/packed says why. */
const PACKED = /\.(?:gz|zip)$/i;

/** Reads all units of a payload. */
export const readPayload = (reader: Reader, raw: RawPayload, source: Source | undefined): Promise<Outcome> =>
  new PayloadReading(reader, raw, source).next(Number.POSITIVE_INFINITY);

/** How a payload is read. */
export interface ReadingOptions {
  /** Units that are stored already. */
  skip?: number;
  /** True = claims are packed as they are read, so that no record of a large file outlives the few read with it. */
  pack?: boolean;
}

/**
 * A payload while it is being read. Units that are stored already (`skip`) are read again and passed over: that costs their
 * parsing and needs nothing kept of a reader's state, so every format can be taken up again anywhere.
 */
export class PayloadReading {
  readonly #reader: Reader;
  readonly #raw: RawPayload;
  readonly #feed: FeedSettings | undefined;
  #units: AsyncIterator<readonly Parsed[]> | undefined;
  readonly #reason: string;
  #skip: number;
  readonly #pack: boolean;
  #ordinal = 0;
  #errors = 0;

  constructor(reader: Reader, raw: RawPayload, source: Source | undefined, options: ReadingOptions = {}) {
    this.#reader = reader;
    this.#raw = raw;
    this.#skip = options.skip ?? 0;
    this.#pack = options.pack ?? false;
    this.#feed = reader.feeds.get(raw.feed);
    const format = this.#feed && reader.formats.get(PACKED.test(raw.name) ? 'packed' : this.#feed.format);
    this.#reason = !source
      ? 'the payload is not stored'
      : !this.#feed
        ? 'its feed is not declared'
        : `the format ${this.#feed.format} is not registered`;
    if (!format || !source || !this.#feed) return;
    const { name, zone, options: mapping } = this.#feed;
    const context = { feed: name, zone, options: mapping, sha256: raw.sha256 };
    this.#units = format.read(source, context)[Symbol.asyncIterator]();
  }

  /** The next portion: at least `most` units or records unless the payload ends before. */
  async next(most: number): Promise<Outcome> {
    const raw = this.#raw;
    const feed = this.#feed;
    if (!feed || !this.#units) return { kind: 'FAILED', raw, reason: this.#reason };
    try {
      return await this.#portion(feed, this.#units, most);
    } catch (error) {
      if (!(error instanceof HeldPayload)) return { kind: 'FAILED', raw, reason: reasonOf(error) };
      const { position, field, message } = error;
      return { kind: 'HELD', raw, feed, position, error: { code: 'RECORD_INVALID', field, message, original: '' } };
    }
  }

  /** Lets the format put away what it holds open. */
  async close(): Promise<void> {
    await this.#units?.return?.();
  }

  async #portion(feed: FeedSettings, source: AsyncIterator<readonly Parsed[]>, most: number): Promise<Outcome> {
    const units: Unit[] = [];
    const items: Item[] = [];
    let claims: PackedClaims | undefined;
    let errorsBefore = this.#errors;
    for (;;) {
      const { value, done } = await source.next();
      if (done === true)
        return { kind: 'READ', raw: this.#raw, feed, units, items, claims, errorsBefore, complete: true };
      for (const parsed of value) {
        this.#errors += parsed.errors.length;
        if (this.#skip > 0) {
          this.#skip -= 1;
          this.#ordinal += parsed.records.length;
          errorsBefore = this.#errors;
          continue;
        }
        const unit = unitOf(this.#raw, feed, parsed);
        const claim = this.#pack ? onlyClaim(parsed) : undefined;
        if (claim) {
          this.#ordinal += 1;
          (claims ??= new PackedClaims()).addPlain(unit, claim);
          continue;
        }
        units.push(unit);
        for (const record of parsed.records) {
          if (isPublic(record) && !this.#reader.mayReadPublicData)
            throw new HeldPayload(parsed.position, '', 'public data is taken from feeds of the public tenant only');
          this.#ordinal += 1;
          if (this.#pack && record.type === 'claim') (claims ??= new PackedClaims()).add(unit, record);
          else items.push({ unit, ordinal: this.#ordinal, record });
        }
      }
      if (units.length >= most || items.length + (claims?.units.length ?? 0) >= most)
        return { kind: 'READ', raw: this.#raw, feed, units, items, claims, errorsBefore, complete: false };
    }
  }
}

/** The claim of a unit that says nothing else. */
function onlyClaim({ records, errors, ignored }: Parsed): ClaimRecord | undefined {
  const [only] = records;
  return only?.type === 'claim' && records.length === 1 && errors.length === 0 && ignored === undefined
    ? only
    : undefined;
}

const isPublic = (record: CanonicalRecord): boolean =>
  record.type === 'reference' || (record.type === 'snapshot' && record.of === 'reference');

/** The kind of a failure. Messages of foreign errors may repeat what they choked on, so only database errors speak. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return error.name === 'DatabaseError' ? error.message : error.name;
}
