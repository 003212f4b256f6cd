/**
 * Hands rejected records back: the sender's own lines, segments or batch records with the reasons beside them, so that the
 * sender can mend and send them again. What was sent is cut out by position and never written anew.
 */
import { cutLines } from './lines.ts';
import { cutMessages } from './messages.ts';
import { cutBatchRecords } from './batch-records.ts';
import { cutSets } from './x12-sets.ts';

/** Something that could not be read, where it stands. */
export interface Reason {
  /** As the format gives positions: `line 17`, `message 2`, `ISA 1 GS 1 ST 3/IT1 2`, `batch 1 G1 12 transaction 1`. */
  position: string;
  field: string;
  message: string;
}

/** Reasons of one place in the payload. */
export type ReasonsAt = ReadonlyMap<string, readonly Reason[]>;

/** What goes back to the sender. */
export interface HandedBack {
  bytes: Uint8Array;
  /** Records cut out. */
  records: number;
  /** Reasons that belong to no single record: a trailer, the file as a whole. */
  whole: Reason[];
}

/** One kind of payload: how its positions name a record, and how records are cut out. */
interface Shape {
  /** The record that a position is in; undefined = not of this kind. */
  record(position: string): string | undefined;
  cut(text: string, reasons: ReasonsAt, options: Readonly<Record<string, unknown>>): { text: string; records: number };
}

const matching = (pattern: RegExp) => (position: string) => pattern.exec(position)?.[0];

const SHAPES: readonly Shape[] = [
  { record: matching(/^line \d+/), cut: cutLines },
  { record: matching(/^message \d+/), cut: cutMessages },
  { record: matching(/^ISA \d+ GS \d+ ST \d+/), cut: cutSets },
  { record: matching(/^batch \d+ G1 \d+/), cut: cutBatchRecords },
];

/** Cuts the records of `reasons` out of a payload. `options` are the format's. Bytes are kept as they came. */
export function handBack(
  bytes: Uint8Array,
  reasons: readonly Reason[],
  options: Readonly<Record<string, unknown>>,
): HandedBack {
  // One character for each byte, both ways: whatever the encoding is, nothing changes on the way.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const pieces: string[] = [];
  let records = 0;
  let whole = [...reasons];
  for (const shape of SHAPES) {
    const places = new Map<string, Reason[]>();
    for (const reason of whole) {
      const record = shape.record(reason.position);
      if (record !== undefined) places.set(record, [...(places.get(record) ?? []), reason]);
    }
    if (places.size === 0) continue;
    whole = whole.filter(({ position }) => shape.record(position) === undefined);
    const cut = shape.cut(text, places, options);
    pieces.push(cut.text);
    records += cut.records;
  }
  return { bytes: Buffer.from(pieces.join(''), 'latin1'), records, whole };
}
