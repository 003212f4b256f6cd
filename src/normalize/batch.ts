/** What a batch of payloads looks like between reading and writing. Shared by the writers, which know nothing of each other. */
import type { Parsed } from '../../adapters/contract.ts';
import type { CanonicalRecord, RecordError } from '../model/records.ts';

/** A payload taken from the queue. */
export interface RawPayload {
  rawId: string;
  /** First day of the month of receipt: partition of the payload. */
  month: string;
  feed: string;
  /** Instant of receipt: a recorded fact, the same in every rebuild. */
  receivedAt: string;
  /** File name or connection label. */
  name: string;
  controlId: string;
  sha256: string;
  sizeBytes: number;
  /** Earlier tries that failed unexpectedly. */
  attempts: number;
}

/** What normalizing has to know of a feed (table `feed`). */
export interface FeedSettings {
  name: string;
  format: string;
  transport: string;
  sourceSystem: string;
  zone: string;
  options: Record<string, unknown>;
}

/** What is remembered of a unit of a payload while its records are on their way. It holds none of them. */
export interface Unit {
  raw: RawPayload;
  feed: FeedSettings;
  position: string;
  /** How many records it says. */
  records: number;
  errors: readonly RecordError[];
  ignored: string | undefined;
  /** How many of its records were known already. */
  duplicates: number;
}

/** A unit as its format read it. */
export const unitOf = (raw: RawPayload, feed: FeedSettings, parsed: Parsed): Unit => ({
  raw,
  feed,
  position: parsed.position,
  records: parsed.records.length,
  errors: parsed.errors,
  ignored: parsed.ignored,
  duplicates: 0,
});

/** One canonical record on its way into the tables. */
export interface Item<R extends CanonicalRecord = CanonicalRecord> {
  unit: Unit;
  /** Running number of the record inside its payload, from 1. */
  ordinal: number;
  record: R;
}

/** The items whose record has one of these types. */
export function itemsOf<T extends CanonicalRecord['type']>(
  items: readonly Item[],
  ...types: T[]
): Item<Extract<CanonicalRecord, { type: T }>>[] {
  const wanted = new Set<string>(types);
  return items.filter((item): item is Item<Extract<CanonicalRecord, { type: T }>> => wanted.has(item.record.type));
}

/**
 * Every statement of this stage looks its rows up by key, from the batch to the table (`lateral ... offset 0` keeps that
 * order of joining). While tables grow faster than they are analysed, the planner takes them for empty and reads them whole
 * for each row of the batch: 500 messages took 2.3 s at first and 3.6 s after 3,000, against a level 0.6 s.
 */
export const BY_KEY = { enable_seqscan: 'off' };

/** Orders items by receipt, then payload, then place in it: of two equal records the first here is the original. */
export function byReceipt(left: Item, right: Item): number {
  return (
    Date.parse(left.unit.raw.receivedAt) - Date.parse(right.unit.raw.receivedAt) ||
    compareText(left.unit.raw.rawId, right.unit.raw.rawId) ||
    left.ordinal - right.ordinal
  );
}

/** Code unit order, the same on every machine (and as `collate "C"` for what keys are made of). */
export const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
