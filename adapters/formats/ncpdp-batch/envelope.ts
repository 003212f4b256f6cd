/**
 * The NCPDP Batch Standard 1.2 envelope: records 0x02 .. 0x03, a 00 header, G1 details, a 99 trailer, several such runs in
 * one file. Separate from `parse.ts` because a transmission is the same with or without a batch around it. Places are bytes, as
 * the standard counts them. A file is walked twice: first to see that it is whole, then to be read.
 */
import { HeldPayload } from '../../contract.ts';
import { isDate } from '../../../src/model/calendar.ts';
import { LONGEST_PIECE, type PieceCutter, searched } from './pieces.ts';
import type { Remarks } from './remarks.ts';

/** Bytes of a G1 record before its transmission: record type and 880-K5 reference. */
export const REFERENCE_AT = 2;
export const BODY_AT = 12;

/** What is wrong with the envelope itself; the details beside it are read all the same. */
export interface EnvelopeFault {
  position: string;
  field: string;
  message: string;
  original: string;
}

/** From a 00 header to its 99 trailer. */
export interface BatchRun {
  /** Ordinal of the run in the file, from 1. */
  number: number;
  /** 806-5C batch number of the header. */
  batchId: string;
  /** 702 file type: P production, T test. */
  test: boolean;
  /** 880-K2 and 880-K3 as `YYYY-MM-DDTHH:mm:00` of the sender's clock; an unreadable time counts as 00:00 (12.11). */
  createdAt: string | null;
}

/** Walks the records of one file. */
export class BatchWalk {
  /** The run that is open. */
  run: BatchRun | null = null;
  /** Ordinal of the detail taken last among those of its run. */
  detail = 0;
  /** Where the record taken last ends in the cutter's bytes. */
  end = 0;
  readonly #remarks: Remarks;
  readonly #mark: Buffer | number;
  readonly #markLength: number;
  #faults: EnvelopeFault[] = [];
  #runs = 0;
  #records = 0;
  #leading = '';
  #searched: Buffer | undefined;
  #found = 0;

  /** @param mark what ends a record. */
  constructor(mark: Buffer, remarks: Remarks) {
    this.#mark = searched(mark);
    this.#markLength = mark.length;
    this.#remarks = remarks;
  }

  /**
   * Takes the record a cutter stands at; true = it is a detail of the open run.
   * @throws HeldPayload when a run has no trailer (12.19): then nothing of the file may be read.
   */
  take(piece: PieceCutter): boolean {
    const { ordinal, bytes, from, to } = piece;
    if (ordinal === 0) {
      this.#leading = this.#padding(bytes, from, to, 0);
      return false;
    }
    const found = this.#endIn(bytes, from);
    const terminated = found < to;
    this.end = terminated ? found : to;
    const gap = this.#leading + (terminated ? this.#padding(bytes, found + this.#markLength, to, ordinal) : '');
    this.#leading = '';
    if (gap !== '') this.#note(ordinal, 'record', 'bytes outside of any record', gap);
    if (terminated && this.run && bytes[from] === LETTER_G && bytes[from + 1] === DIGIT_1) {
      this.#records += 1;
      this.detail += 1;
      return true;
    }
    this.#takeOther(piece, bytes.toString('latin1', from, this.end), terminated);
    return false;
  }

  #takeOther({ ordinal, tooLong }: PieceCutter, body: string, terminated: boolean): void {
    const kind = body.slice(0, 2);
    // A trailer cut behind its count still tells that nothing is missing.
    const complete = terminated || (kind === '99' && body.length >= 19);
    if (tooLong && !terminated) this.#note(ordinal, 'record', `the record is longer than ${LONGEST_PIECE} bytes`, body);
    else if (!complete) this.#note(ordinal, 'record', 'the record end 0x03 is missing', body);
    if (kind === '00') this.#open(body);
    else if (!this.run) this.#note(ordinal, 'header', 'the record stands before a 00 header', body);
    else if (kind === '99' && complete) this.#close(body, this.run);
    else {
      this.#records += 1;
      if (kind !== 'G1' && complete) this.#note(ordinal, '701', 'record type is neither 00, G1 nor 99', body);
    }
  }

  /** Where the next record end stands; looked for once, also where many records have none. */
  #endIn(bytes: Buffer, from: number): number {
    if (this.#searched !== bytes || this.#found < from) {
      const found = bytes.indexOf(this.#mark, from);
      this.#found = found === -1 ? Number.POSITIVE_INFINITY : found;
      this.#searched = bytes;
    }
    return this.#found;
  }

  /** At the end of the file. @throws HeldPayload when the last run has no trailer, or there was none. */
  finish(): void {
    if (this.run) throw trailerMissing(this.run);
    if (this.#runs === 0) throw new HeldPayload('file', 'header', 'the file has no 00 header record');
  }

  /** What was found wrong since it was asked last. */
  faults(): readonly EnvelopeFault[] {
    if (this.#faults.length === 0) return NONE;
    const found = this.#faults;
    this.#faults = [];
    return found;
  }

  #note(ordinal: number, field: string, message: string, original: string): void {
    this.#faults.push({ position: `record ${ordinal}`, field, message, original });
  }

  #open(body: string): void {
    if (this.run) throw trailerMissing(this.run);
    this.#runs += 1;
    this.#records = 1;
    this.detail = 0;
    this.run = readHeader(body, this.#runs, this.#faults);
  }

  #close(body: string, run: BatchRun): void {
    checkTrailer(body, run, this.#records + 1, this.#faults);
    this.run = null;
  }

  /** Line ends, padding and a DOS end of file between records mean nothing; what else stands there is answered. */
  #padding(bytes: Buffer, from: number, to: number, ordinal: number): string {
    let other = false;
    let breaks = false;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at];
      if (byte === 0x0a || byte === 0x0d) breaks = true;
      else if (byte === 0x1a) this.#remarks.endOfFile ||= `record ${Math.max(1, ordinal)}`;
      else if (byte !== 0x20 && byte !== 0) other = true;
    }
    if (breaks && ordinal > 0) {
      this.#remarks.breaks += 1;
      this.#remarks.firstBreak ||= `record ${ordinal}`;
    }
    return other ? bytes.toString('latin1', from, to).replaceAll('\u001A', '').replaceAll('\0', '').trim() : '';
  }
}

const LETTER_G = 0x47;
const DIGIT_1 = 0x31;

const NONE: readonly EnvelopeFault[] = [];

const trailerMissing = (run: BatchRun): HeldPayload =>
  new HeldPayload(`batch ${run.number}`, 'trailer', 'the 99 trailer of the batch is missing');

const HEADER_LENGTH = 73;

function readHeader(body: string, number: number, faults: EnvelopeFault[]): BatchRun {
  const position = `00 header ${number}`;
  const note = (field: string, message: string, original: string): number =>
    faults.push({ position, field, message, original });
  // A receiver id whose padding was trimmed is common and harmless; anything longer shifts nothing that is read here.
  if (body.length > HEADER_LENGTH || body.length < 49)
    note('header', `the header has ${body.length} bytes, ${HEADER_LENGTH} expected`, body);
  const version = body.slice(47, 49);
  if (version !== '12' && version !== '11') note('102-A2', 'the batch version is neither 12 nor 11', version);
  const batchId = body.slice(27, 34).trim();
  if (batchId === '') note('806-5C', 'the batch number is missing', body.slice(27, 34));
  return {
    number,
    batchId,
    test: body.charAt(46) === 'T',
    createdAt: readCreation(body.slice(34, 42), body.slice(42, 46), note),
  };
}

function readCreation(
  day: string,
  time: string,
  note: (field: string, message: string, original: string) => number,
): string | null {
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
  if (!isDate(date)) {
    note('880-K2', 'the creation date is not a day CCYYMMDD', day);
    return null;
  }
  if (/^([01]\d|2[0-3])[0-5]\d$/.test(time)) return `${date}T${time.slice(0, 2)}:${time.slice(2)}:00`;
  if (time.trim() !== '') note('880-K3', 'the creation time is not a time HHMM', time);
  return `${date}T00:00:00`;
}

function checkTrailer(body: string, run: BatchRun, records: number, faults: EnvelopeFault[]): void {
  const position = `99 trailer ${run.number}`;
  const batchId = body.slice(2, 9).trim();
  const count = body.slice(9, 19).trim();
  if (batchId !== run.batchId)
    faults.push({
      position,
      field: '806-5C',
      message: 'the batch number differs from the header',
      original: batchId,
    });
  if (!/^\d+$/.test(count))
    faults.push({ position, field: 'trailer', message: 'the record count is not a number', original: count });
  else if (Number(count) !== records) {
    const message = `the record count does not fit: ${records} found, header and trailer included`;
    faults.push({ position, field: 'trailer', message, original: count });
  }
}
