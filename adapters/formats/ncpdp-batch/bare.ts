/**
 * Transmissions without a batch around them, one a line. A response names no request then and is rejected. A line that begins
 * with a separator belongs to the transmission before it: some viewers break lines at segments.
 */
import type { Parsed, Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { recordError, reject } from './findings.ts';
import type { Marks } from './notation.ts';
import { LONGEST_PIECE, PieceCutter } from './pieces.ts';
import { decodeRecord } from './text.ts';
import { type Reading, readTransactions } from './units.ts';
import { isClaimCode, isOtherCode } from './map.ts';
import { FIELD, SEGMENT } from './parse.ts';

const LINE_FEED = Buffer.from('\n');
/** Whether a line begins with a separator. */
const continues = (line: string): boolean => {
  const [first = ''] = line.trimStart();
  return first >= FIELD && first <= SEGMENT;
};

/** A transmission while its lines come. */
interface OpenLine {
  number: number;
  body: string;
}

/** Reads a payload without batch records. */
export async function* readBare(
  source: Source,
  marks: Marks,
  from: number,
  reading: Reading,
): AsyncGenerator<readonly Parsed[]> {
  const lines = new BareLines(marks, from, reading);
  for await (const bytes of stepsOf(source, from)) yield lines.push(bytes);
  yield lines.end();
}

class BareLines {
  readonly #cutter: PieceCutter;
  readonly #marks: Marks;
  readonly #reading: Reading;
  #open: OpenLine | null = null;
  #found = false;

  constructor(marks: Marks, from: number, reading: Reading) {
    this.#cutter = new PieceCutter(LINE_FEED, from);
    this.#marks = marks;
    this.#reading = reading;
  }

  push(bytes: Uint8Array): Parsed[] {
    this.#cutter.push(bytes);
    return this.#take();
  }

  end(): Parsed[] {
    this.#cutter.end();
    const units = [...this.#take(), ...this.#close()];
    if (!this.#found)
      units.push({ position: 'line 1', records: [], errors: [recordError('', 'the payload is empty', '')] });
    return units;
  }

  #take(): Parsed[] {
    const units: Parsed[] = [];
    const { remarks } = this.#reading;
    while (this.#cutter.next()) {
      const { bytes, from, to, ordinal, tooLong } = this.#cutter;
      const sent = bytes.toString('latin1', from, to);
      if (sent.includes('\u001A')) remarks.endOfFile ||= `line ${ordinal + 1}`;
      const body = this.#marks.translate(sent.replaceAll('\u001A', '').replace(/\r$/, ''));
      if (body.trim() === '') continue;
      this.#found = true;
      const open = this.#open;
      if (open && continues(body) && open.body.length + body.length <= LONGEST_PIECE) {
        open.body += body;
        remarks.innerBreaks += 1;
        remarks.firstInnerBreak ||= `line ${ordinal + 1}`;
        continue;
      }
      for (const unit of this.#close()) units.push(unit);
      if (tooLong)
        units.push(reject(`line ${ordinal + 1}`, '', `the line is longer than ${LONGEST_PIECE} bytes`, body));
      else this.#open = { number: ordinal + 1, body };
    }
    return units;
  }

  #close(): Parsed[] {
    const open = this.#open;
    this.#open = null;
    return open ? this.#read(`line ${open.number}`, decodeRecord(open.body)) : [];
  }

  #read(position: string, body: string): Parsed[] {
    const { transmission } = this.#reading;
    const fault = transmission.read(body);
    if (fault) return [reject(position, fault.field, fault.message, body)];
    const { code } = transmission;
    if (isOtherCode(code)) return [{ position, records: [], errors: [], ignored: code }];
    if (!isClaimCode(code)) return [reject(position, '103-A3', 'unknown transaction code', code)];
    if (transmission.kind === 'response')
      return [reject(position, '880-K5', 'a response outside of a batch names no request', '')];
    return readTransactions(position, transmission, this.#reading, {
      batchId: '',
      batchReference: '',
      batchCreatedAt: null,
    });
  }
}
