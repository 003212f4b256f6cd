/** One payload through its feed's format. Reading never throws: what goes wrong is an outcome beside the others of the batch. */
import { type Format, HeldPayload } from '../../adapters/contract.ts';
import type { RecordError } from '../model/records.ts';
import type { FeedSettings, Item, RawPayload, Unit } from './batch.ts';

/** What reading a payload came to. */
export type Outcome =
  | { kind: 'READ'; raw: RawPayload; feed: FeedSettings; units: Unit[]; items: Item[] }
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

/** Reads all units of a payload. */
export function readPayload(reader: Reader, raw: RawPayload, bytes: Uint8Array | undefined): Outcome {
  const feed = reader.feeds.get(raw.feed);
  const format = feed && reader.formats.get(feed.format);
  if (!bytes) return { kind: 'FAILED', raw, reason: 'the payload is not stored' };
  if (!feed) return { kind: 'FAILED', raw, reason: 'its feed is not declared' };
  if (!format) return { kind: 'FAILED', raw, reason: `the format ${feed.format} is not registered` };
  try {
    return { kind: 'READ', raw, feed, ...readUnits(reader, format, raw, feed, bytes) };
  } catch (error) {
    if (!(error instanceof HeldPayload)) return { kind: 'FAILED', raw, reason: reasonOf(error) };
    const { position, field, message } = error;
    return { kind: 'HELD', raw, feed, position, error: { code: 'RECORD_INVALID', field, message, original: '' } };
  }
}

function readUnits(
  reader: Reader,
  format: Format,
  raw: RawPayload,
  feed: FeedSettings,
  bytes: Uint8Array,
): { units: Unit[]; items: Item[] } {
  const units: Unit[] = [];
  const items: Item[] = [];
  const { zone, options } = feed;
  for (const parsed of format.read(bytes, { feed: feed.name, zone, options, sha256: raw.sha256 })) {
    const unit: Unit = { raw, feed, parsed, duplicates: 0 };
    units.push(unit);
    for (const record of parsed.records) {
      if (record.type === 'reference' && !reader.mayReadPublicData)
        throw new HeldPayload(parsed.position, '', 'public data is taken from feeds of the public tenant only');
      items.push({ unit, ordinal: items.length + 1, record });
    }
  }
  return { units, items };
}

/** The kind of a failure. Messages of foreign errors may repeat what they choked on, so only database errors speak. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return error.name === 'DatabaseError' ? error.message : error.name;
}
