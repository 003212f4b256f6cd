/**
 * A payload from bytes to units. A batch file is walked twice (survey.ts says why), a handful of records at a time; what a
 * record needs of another one, its answer far behind, is read where that one stands.
 */
import { HeldPayload } from '../../contract.ts';
import type { FormatContext, Parsed, Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { instantOf } from '../../../src/model/calendar.ts';
import { readBare } from './bare.ts';
import { BatchWalk, BODY_AT, type BatchRun, type EnvelopeFault, REFERENCE_AT } from './envelope.ts';
import { FarTexts } from './far-texts.ts';
import { recordError } from './findings.ts';
import { HEAD_BYTES, type Marks, marksOf } from './notation.ts';
import { readOptions } from './options.ts';
import type { Kind, PairIndex } from './pairs.ts';
import { NextByte, PieceCutter } from './pieces.ts';
import { Remarks } from './remarks.ts';
import { kindAt, surveyBatch } from './survey.ts';
import { decodeRecord } from './text.ts';
import { countTransactions, readDetail, Reading, type Run } from './units.ts';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Records that are worked on together: what lives longer than the next collection of garbage costs more than it saves. */
const RECORDS_TOGETHER = 64;
/** Bytes of other records that are held together. */
const FAR_BYTES = 4 * 1024 * 1024;

/**
 * Reads a batch file, or bare D.0 requests one a line.
 * @throws HeldPayload when a batch has no header or no trailer, or the file is of another standard.
 */
export async function* readPayload(source: Source, context: FormatContext): AsyncGenerator<readonly Parsed[]> {
  const { options } = readOptions(context.options);
  const head = await source.read(0, HEAD_BYTES);
  const from = BYTE_ORDER_MARK.every((byte, at) => head[at] === byte) ? BYTE_ORDER_MARK.length : 0;
  const marks = marksOf(head);
  const reading = new Reading(options, new Remarks());
  reading.remarks.notation = marks.notation;
  const pairs = await surveyBatch(source, marks, from);
  if (pairs) yield* readBatch(source, from, new BatchReading(source, marks, pairs, reading, context.zone));
  else {
    const foreign = foreignPayload(decodeRecord(Buffer.from(head.subarray(from)).toString('latin1')));
    if (foreign !== null) throw new HeldPayload('file', 'header', `${foreign}; expected NCPDP D.0 claims`);
    yield* readBare(source, marks, from, reading);
  }
  yield reading.remarks.unit(options.expects);
}

async function* readBatch(source: Source, from: number, batch: BatchReading): AsyncGenerator<readonly Parsed[]> {
  const cutter = new PieceCutter(batch.marks.start, from);
  for await (const bytes of stepsOf(source, from)) {
    cutter.push(bytes);
    yield* batch.read(cutter);
  }
  cutter.end();
  yield* batch.read(cutter);
}

/** A detail that waits for texts from elsewhere. Entries are those of the pair index; -1 = none. */
interface Waiting {
  run: Run;
  ordinal: number;
  /** 880-K5, one character a byte. */
  reference: string;
  /** The transmission. A text of its own: a part of another text is slower to walk through. */
  body: string;
  kind: Kind | null;
  /** Its own entry, when it is the first under its reference. */
  own: number;
  /** The entry that used the reference before. */
  before: number;
  /** The first of the other kind under the same reference. */
  other: number;
}

/** A batch file while its records come. */
class BatchReading {
  readonly marks: Marks;
  readonly #walk: BatchWalk;
  readonly #pairs: PairIndex;
  readonly #reading: Reading;
  readonly #zone: string;
  readonly #far: FarTexts;
  readonly #lineFeeds = new NextByte(0x0a);
  readonly #returns = new NextByte(0x0d);
  #run: Run | null = null;
  #opened: BatchRun | null = null;

  constructor(source: Source, marks: Marks, pairs: PairIndex, reading: Reading, zone: string) {
    this.marks = marks;
    this.#walk = new BatchWalk(marks.end, reading.remarks);
    this.#pairs = pairs;
    this.#reading = reading;
    this.#zone = zone;
    this.#far = new FarTexts(source, pairs, (sent, ascii) => this.#meant(sent, ascii));
  }

  /** The units of the records that are complete, some at a time. */
  async *read(cutter: PieceCutter): AsyncGenerator<readonly Parsed[]> {
    let waiting: (Waiting | Parsed)[] = [];
    while (cutter.next()) {
      if (this.#walk.take(cutter)) {
        const detail = this.#detail(cutter);
        if (detail) waiting.push(detail);
      }
      for (const unit of faultUnits(this.#walk.faults())) waiting.push(unit);
      if (waiting.length < RECORDS_TOGETHER && this.#far.bytes < FAR_BYTES) continue;
      yield await this.#settle(waiting);
      waiting = [];
    }
    if (waiting.length > 0) yield await this.#settle(waiting);
  }

  /** Null = a response that its request took as a whole. */
  #detail({ bytes, from, offset, ordinal, ascii }: PieceCutter): Waiting | null {
    const { end, detail } = this.#walk;
    const run = this.#openRun();
    const split = Math.min(from + BODY_AT, end);
    if (this.#lineFeeds.isWithin(bytes, split, end) || this.#returns.isWithin(bytes, split, end)) {
      this.#reading.remarks.innerBreaks += 1;
      this.#reading.remarks.firstInnerBreak ||= `record ${ordinal}`;
    }
    const reference = { bytes, from: from + REFERENCE_AT, to: split };
    const kind = kindAt(bytes, split, end);
    const entry = kind === null ? -1 : this.#pairs.find(kind, reference);
    const isFirst = entry !== -1 && this.#pairs.offsetOf(entry) === offset + BODY_AT;
    if (isFirst && kind === 'response' && this.#pairs.isSettled(entry)) return null;
    if (entry !== -1 && !isFirst) this.#far.want(entry);
    return {
      run,
      ordinal: detail,
      reference: bytes.toString('latin1', reference.from, split),
      body: this.#meant(bytes.toString('latin1', split, end), ascii),
      kind,
      own: isFirst ? entry : -1,
      before: isFirst ? -1 : entry,
      other: isFirst && kind !== null ? this.#otherOf(kind, reference) : -1,
    };
  }

  /** The response to a request; the request of a response, whose transactions have to be counted. */
  #otherOf(kind: Kind, reference: { bytes: Uint8Array; from: number; to: number }): number {
    const entry = this.#pairs.find(kind === 'request' ? 'response' : 'request', reference);
    if (entry === -1) return -1;
    if (kind === 'request' && this.#pairs.isTest(entry) && !this.#reading.options.acceptTest) return -1;
    if (kind === 'request' || this.#pairs.transactionsOf(entry) === undefined) this.#far.want(entry);
    return entry;
  }

  #openRun(): Run {
    const opened = this.#walk.run;
    if (this.#run && opened === this.#opened) return this.#run;
    this.#opened = opened;
    const { number = 0, batchId = '', test = false, createdAt = null } = opened ?? {};
    this.#pairs.inBatch(batchId);
    return (this.#run = {
      number,
      batchId,
      test,
      createdAt: createdAt === null ? null : instantOf(createdAt, this.#zone),
    });
  }

  async #settle(waiting: readonly (Waiting | Parsed)[]): Promise<Parsed[]> {
    await this.#far.fetch();
    const units: Parsed[] = [];
    for (const one of waiting) {
      if ('position' in one) units.push(one);
      else for (const unit of this.#unitsOf(one)) units.push(unit);
    }
    this.#far.forget();
    return units;
  }

  #unitsOf({ run, ordinal, reference, body, kind, own, before, other }: Waiting): readonly Parsed[] {
    const { units, transactions, settled } = readDetail(
      {
        position: `batch ${run.number} G1 ${ordinal}`,
        run,
        reference: decodeRecord(reference.trim()),
        body,
        before: this.#farText(before),
        response: kind === 'request' ? this.#farText(other) : undefined,
        taken: kind === 'response' ? this.#transactionsOf(other) : 0,
      },
      this.#reading,
    );
    if (own !== -1 && kind === 'request') this.#pairs.tellTransactions(own, transactions);
    if (settled) this.#pairs.settle(other);
    return units;
  }

  #farText(entry: number): string | undefined {
    return entry === -1 ? undefined : this.#far.textOf(entry);
  }

  #transactionsOf(entry: number): number {
    if (entry === -1) return 0;
    return this.#pairs.transactionsOf(entry) ?? countTransactions(this.#far.textOf(entry), this.#reading);
  }

  #meant(sent: string, ascii: boolean): string {
    const text = this.marks.translate(sent);
    return ascii ? text : decodeRecord(text);
  }
}

/** One unit per position, because positions are parts of natural keys. */
function faultUnits(faults: readonly EnvelopeFault[]): Iterable<Parsed> {
  const units = new Map<string, Parsed>();
  for (const { position, field, message, original } of faults) {
    const unit = units.get(position) ?? { position, records: [], errors: [] };
    unit.errors.push(recordError(field, message, decodeRecord(original)));
    units.set(position, unit);
  }
  return units.values();
}
