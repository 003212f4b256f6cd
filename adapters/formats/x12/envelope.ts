/**
 * Segments -> transaction sets. Every complete ST..SE is handed on, whatever is wrong around it: wrong counts, missing trailers
 * and stray segments are reported beside the sets and lose nothing (DOMAIN 12.19).
 */
import type { RecordError } from '../../../src/model/records.ts';
import type { Segment } from './parse.ts';

/** A complete transaction set with the headers it came under. */
export interface TransactionSet {
  kind: 'set';
  /** `ISA 1 GS 1 ST 3`: each counted inside the one before it. */
  position: string;
  isa: Segment;
  /** Null = the set stands outside a functional group. */
  gs: Segment | null;
  /** ST and SE included. */
  segments: Segment[];
}

/** Something to report beside the sets. */
export interface Remark {
  kind: 'remark';
  position: string;
  errors: RecordError[];
  ignored?: string;
}

/** An error at an element; never carries the value in its message. */
export const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

const withoutZeros = (text: string): string => text.replace(/^0+(?=.)/, '');

/** What is wrong in a trailer: its count, and its control number, which senders pad with zeros differently. */
function trailerErrors(trailer: Segment, count: number, control: string): RecordError[] {
  const { name } = trailer;
  const errors: RecordError[] = [];
  const stated = trailer.element(1);
  if (!/^\d{1,10}$/.test(stated) || Number(stated) !== count)
    errors.push(invalid(`${name}01`, `the count differs: ${count} found`, stated));
  const number = trailer.element(2);
  if (withoutZeros(number) !== withoutZeros(control))
    errors.push(invalid(`${name}02`, 'the control number differs from that of the header', number));
  return errors;
}

/** Walks the segments of one file. */
class Walk {
  #isa: Segment | null = null;
  #gs: Segment | null = null;
  #set: Segment[] | null = null;
  #isaNumber = 0;
  #gsNumber = 0;
  #stNumber = 0;
  #strays = 0;
  #lastIsa: Segment | null = null;

  get #interchange(): string {
    return `ISA ${this.#isaNumber}`;
  }
  get #group(): string {
    return `${this.#interchange} GS ${this.#gsNumber}`;
  }
  get #place(): string {
    return `${this.#group} ST ${this.#stNumber}`;
  }

  /** What a segment completes or breaks. */
  *take(segment: Segment): Generator<TransactionSet | Remark> {
    switch (segment.name) {
      case 'ISA':
        yield* this.#closeInterchange();
        this.#isa = segment;
        this.#lastIsa = segment;
        this.#isaNumber += 1;
        this.#gsNumber = 0;
        this.#stNumber = 0;
        return;
      case 'GS':
        yield* this.#closeGroup();
        this.#gs = segment;
        this.#gsNumber += 1;
        this.#stNumber = 0;
        return;
      case 'ST':
        yield* this.#closeSet();
        this.#stNumber += 1;
        this.#set = [segment];
        return;
      case 'SE':
        yield* this.#endSet(segment);
        return;
      case 'GE':
        yield* this.#endGroup(segment);
        return;
      case 'IEA':
        yield* this.#endInterchange(segment);
        return;
      default:
        yield* this.#inside(segment);
    }
  }

  /** At the end of the file: one remark for the innermost thing that is still open. */
  *finish(): Generator<TransactionSet | Remark> {
    if (this.#set) yield* this.#closeSet();
    else if (this.#gs) yield* this.#closeGroup();
    else yield* this.#closeInterchange();
  }

  *#inside(segment: Segment): Generator<Remark> {
    if (this.#set) this.#set.push(segment);
    else if (segment.name === 'TA1')
      yield { kind: 'remark', position: `segment ${segment.ordinal}`, errors: [], ignored: 'TA1' };
    else yield* this.#stray(segment, 'the segment stands outside a transaction set');
  }

  /** Only the first of a run of stray segments is reported. */
  *#stray(segment: Segment, message: string): Generator<Remark> {
    const first = this.#strays !== segment.ordinal - 1;
    this.#strays = segment.ordinal;
    if (first)
      yield { kind: 'remark', position: `segment ${segment.ordinal}`, errors: [invalid('', message, segment.name)] };
  }

  *#endSet(se: Segment): Generator<TransactionSet | Remark> {
    const set = this.#set;
    const st = set?.[0];
    if (!set || !st) {
      yield* this.#stray(se, 'a set trailer without its header');
      return;
    }
    // An unterminated SE at the end of the file may itself be cut off, unless it still names its set.
    if (!se.terminated && se.element(2) !== st.element(2)) return;
    set.push(se);
    this.#set = null;
    const { isa, gs } = { isa: this.#lastIsa, gs: this.#gs };
    if (isa) yield { kind: 'set', position: this.#place, isa, gs, segments: set };
    const errors = trailerErrors(se, set.length, st.element(2));
    if (errors.length > 0) yield { kind: 'remark', position: `${this.#place}/SE`, errors };
  }

  *#endGroup(ge: Segment): Generator<Remark> {
    yield* this.#closeSet();
    if (!this.#gs) {
      yield* this.#stray(ge, 'a group trailer without its header');
      return;
    }
    const errors = trailerErrors(ge, this.#stNumber, this.#gs.element(6));
    this.#gs = null;
    if (errors.length > 0) yield { kind: 'remark', position: `${this.#group}/GE`, errors };
  }

  *#endInterchange(iea: Segment): Generator<Remark> {
    yield* this.#closeGroup();
    if (!this.#isa) {
      yield* this.#stray(iea, 'an interchange trailer without its header');
      return;
    }
    const errors = trailerErrors(iea, this.#gsNumber, this.#isa.element(13));
    this.#isa = null;
    if (errors.length > 0) yield { kind: 'remark', position: `${this.#interchange}/IEA`, errors };
  }

  *#closeSet(): Generator<Remark> {
    const st = this.#set?.[0];
    this.#set = null;
    if (!st) return;
    const message = 'the transaction set is not complete: no set trailer (SE) before the next header, trailer or end';
    yield { kind: 'remark', position: this.#place, errors: [invalid('SE', message, '')] };
  }

  *#closeGroup(): Generator<Remark> {
    yield* this.#closeSet();
    if (!this.#gs) return;
    this.#gs = null;
    yield { kind: 'remark', position: `${this.#group}/GE`, errors: [invalid('GE', 'the group has no trailer', '')] };
  }

  *#closeInterchange(): Generator<Remark> {
    yield* this.#closeGroup();
    if (!this.#isa) return;
    this.#isa = null;
    const errors = [invalid('IEA', 'the interchange has no trailer', '')];
    yield { kind: 'remark', position: `${this.#interchange}/IEA`, errors };
  }
}

/** All complete transaction sets of a file, and what is wrong around them, in the order of the file. */
export function* transactionSets(segments: Iterable<Segment>): Generator<TransactionSet | Remark> {
  const walk = new Walk();
  for (const segment of segments) yield* walk.take(segment);
  yield* walk.finish();
}
