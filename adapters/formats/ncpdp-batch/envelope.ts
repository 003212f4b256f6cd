/**
 * The NCPDP Batch Standard 1.2 envelope: records 0x02 .. 0x03, a 00 header, G1 details, a 99 trailer, several such runs in
 * one file. Separate from `parse.ts` because a transmission is the same with or without a batch around it.
 */
import { HeldPayload } from '../../contract.ts';
import { isDate } from '../../../src/model/calendar.ts';

/** Start and end of a record. */
export const STX = '\u0002';
export const ETX = '\u0003';

/** One G1 record. */
export interface BatchDetail {
  /** Ordinal among the details of its run, from 1. */
  ordinal: number;
  /** 880-K5 transaction reference number, trimmed. */
  reference: string;
  /** The transmission inside. */
  body: string;
}

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
  details: BatchDetail[];
}

/** All runs of a file, and what stands between or around them. */
export interface Envelope {
  runs: BatchRun[];
  faults: EnvelopeFault[];
}

interface OpenRun extends BatchRun {
  records: number;
}

/**
 * Reads the records of a batch file.
 * @throws HeldPayload when a run has no trailer (12.19) or the file has no header at all: then nothing of it may be read.
 */
export function readEnvelope(text: string): Envelope {
  const runs: BatchRun[] = [];
  const faults: EnvelopeFault[] = [];
  let open: OpenRun | null = null;
  for (const { body, terminated, gap, ordinal } of splitRecords(text)) {
    const kind = body.slice(0, 2);
    if (gap !== '') faults.push(fault(`record ${ordinal}`, 'record', 'bytes outside of any record', gap));
    // A trailer cut behind its count still tells that nothing is missing.
    const complete = terminated || (kind === '99' && body.length >= 19);
    if (!complete) faults.push(fault(`record ${ordinal}`, 'record', 'the record end 0x03 is missing', body));
    if (kind === '00') {
      if (open) throw trailerMissing(open);
      open = readHeader(body, runs.length + 1, faults);
      runs.push(open);
    } else if (!open) {
      faults.push(fault(`record ${ordinal}`, 'header', 'the record stands before a 00 header', body));
    } else if (kind === '99' && complete) {
      checkTrailer(body, open, faults);
      open = null;
    } else {
      open.records++;
      if (kind === 'G1' && terminated) open.details.push(readDetail(body, open.details.length + 1));
      else if (kind !== 'G1' && complete)
        faults.push(fault(`record ${ordinal}`, '701', 'record type is neither 00, G1 nor 99', body));
    }
  }
  if (open) throw trailerMissing(open);
  if (runs.length === 0) throw new HeldPayload('file', 'header', 'the file has no 00 header record');
  return { runs, faults };
}

const trailerMissing = (run: BatchRun): HeldPayload =>
  new HeldPayload(`batch ${run.number}`, 'trailer', 'the 99 trailer of the batch is missing');

const fault = (position: string, field: string, message: string, original: string): EnvelopeFault => ({
  position,
  field,
  message,
  original,
});

/** Line ends, padding and a DOS end of file between records mean nothing. */
const withoutPadding = (text: string): string => text.replaceAll('\u001A', '').replaceAll('\0', '').trim();

interface RawRecord {
  ordinal: number;
  body: string;
  terminated: boolean;
  /** What follows the record and is no padding. */
  gap: string;
}

/** One step per byte: the text is cut at every 0x02, each piece at its first 0x03. */
function* splitRecords(text: string): Generator<RawRecord> {
  let ordinal = 0;
  let start = text.indexOf(STX);
  const leading = withoutPadding(text.slice(0, start));
  while (start !== -1) {
    const next = text.indexOf(STX, start + 1);
    const piece = text.slice(start + 1, next === -1 ? text.length : next);
    const end = piece.indexOf(ETX);
    ordinal++;
    yield {
      ordinal,
      body: end === -1 ? piece : piece.slice(0, end),
      terminated: end !== -1,
      gap: (ordinal === 1 ? leading : '') + (end === -1 ? '' : withoutPadding(piece.slice(end + 1))),
    };
    start = next;
  }
}

const HEADER_LENGTH = 73;

function readHeader(body: string, number: number, faults: EnvelopeFault[]): OpenRun {
  const position = `00 header ${number}`;
  const note = (field: string, message: string, original: string): number =>
    faults.push(fault(position, field, message, original));
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
    details: [],
    records: 1,
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

const readDetail = (body: string, ordinal: number): BatchDetail => ({
  ordinal,
  reference: body.slice(2, 12).trim(),
  body: body.slice(12),
});

function checkTrailer(body: string, run: OpenRun, faults: EnvelopeFault[]): void {
  const position = `99 trailer ${run.number}`;
  const records = run.records + 1;
  const batchId = body.slice(2, 9).trim();
  const count = body.slice(9, 19).trim();
  if (batchId !== run.batchId)
    faults.push(fault(position, '806-5C', 'the batch number differs from the header', batchId));
  if (!/^\d+$/.test(count)) faults.push(fault(position, 'trailer', 'the record count is not a number', count));
  else if (Number(count) !== records)
    faults.push(
      fault(position, 'trailer', `the record count does not fit: ${records} found, header and trailer included`, count),
    );
}
