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
}

/** A TA1: an interchange of ours was (not) received. */
export interface InterchangeAcknowledgement {
  kind: 'ta1';
  position: string;
  isa: Segment;
  ta1: Segment;
}

/** A set of a group that ended: complete or not, and what its trailer got wrong (codes of element 718). */
export interface GroupMember {
  position: string;
  code: string;
  controlNumber: string;
  faults: string[];
}

/** A functional group that ended. */
export interface FunctionalGroup {
  kind: 'group';
  position: string;
  isa: Segment;
  gs: Segment;
  /** GE01 as sent; '' = no trailer. */
  stated: string;
  sets: GroupMember[];
}

/** What a file consists of. */
export type EnvelopeUnit = TransactionSet | Remark | InterchangeAcknowledgement | FunctionalGroup;

/** An error at an element; never carries the value in its message. */
export const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** A control number without the zeros that senders pad it with. */
export const withoutZeros = (text: string): string => text.replace(/^0+(?=.)/, '');

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

/** Element 718, reasons for which a set is refused or doubted. */
const NO_TRAILER = '2';
const NUMBERS_DIFFER = '3';
const COUNT_DIFFERS = '4';

/** Walks the segments of one file. What a segment completes or breaks is in `found` after it was taken. */
export class EnvelopeWalk {
  /** To be emptied by the caller. */
  readonly found: EnvelopeUnit[] = [];
  #isa: Segment | null = null;
  #gs: Segment | null = null;
  #set: Segment[] | null = null;
  #members: GroupMember[] = [];
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

  /** The next segment of the file. */
  take(segment: Segment): void {
    switch (segment.name) {
      case 'ISA':
        this.#closeInterchange();
        this.#isa = segment;
        this.#lastIsa = segment;
        this.#isaNumber += 1;
        this.#gsNumber = 0;
        this.#stNumber = 0;
        return;
      case 'GS':
        this.#closeGroup();
        this.#gs = segment;
        this.#members = [];
        this.#gsNumber += 1;
        this.#stNumber = 0;
        return;
      case 'ST':
        this.#closeSet();
        this.#stNumber += 1;
        this.#set = [segment];
        return;
      case 'SE':
        this.#endSet(segment);
        return;
      case 'GE':
        this.#endGroup(segment);
        return;
      case 'IEA':
        this.#endInterchange(segment);
        return;
      default:
        if (this.#set) this.#set.push(segment);
        else this.#outside(segment);
    }
  }

  /** At the end of the file: one remark for the innermost thing that is still open. */
  finish(): void {
    if (this.#set) this.#closeSet();
    else if (this.#gs) this.#remarkOpenGroup();
    else this.#closeInterchange();
    this.#emitGroup('');
  }

  #remark(position: string, errors: RecordError[]): void {
    if (errors.length > 0) this.found.push({ kind: 'remark', position, errors });
  }

  #outside(segment: Segment): void {
    if (segment.name === 'TA1' && this.#isa)
      this.found.push({ kind: 'ta1', position: `segment ${segment.ordinal}`, isa: this.#isa, ta1: segment });
    else this.#stray(segment, 'the segment stands outside a transaction set');
  }

  /** Only the first of a run of stray segments is reported. */
  #stray(segment: Segment, message: string): void {
    const first = this.#strays !== segment.ordinal - 1;
    this.#strays = segment.ordinal;
    if (first) this.#remark(`segment ${segment.ordinal}`, [invalid('', message, segment.name)]);
  }

  #endSet(se: Segment): void {
    const set = this.#set;
    const st = set?.[0];
    if (!set || !st) return this.#stray(se, 'a set trailer without its header');
    // An unterminated SE at the end of the file may itself be cut off, unless it still names its set.
    if (!se.terminated && se.element(2) !== st.element(2)) return undefined;
    set.push(se);
    this.#set = null;
    if (this.#lastIsa)
      this.found.push({ kind: 'set', position: this.#place, isa: this.#lastIsa, gs: this.#gs, segments: set });
    const errors = trailerErrors(se, set.length, st.element(2));
    this.#member(
      st,
      errors.map(({ field }) => (field === 'SE01' ? COUNT_DIFFERS : NUMBERS_DIFFER)),
    );
    return this.#remark(`${this.#place}/SE`, errors);
  }

  #member(st: Segment, faults: string[]): void {
    const [code, controlNumber] = [st.element(1), st.element(2)];
    if (this.#gs) this.#members.push({ position: this.#place, code, controlNumber, faults });
  }

  #endGroup(ge: Segment): void {
    this.#closeSet();
    if (!this.#gs) return this.#stray(ge, 'a group trailer without its header');
    const errors = trailerErrors(ge, this.#stNumber, this.#gs.element(6));
    this.#emitGroup(ge.element(1));
    return this.#remark(`${this.#group}/GE`, errors);
  }

  #emitGroup(stated: string): void {
    if (this.#gs && this.#lastIsa)
      this.found.push({
        kind: 'group',
        position: this.#group,
        isa: this.#lastIsa,
        gs: this.#gs,
        stated,
        sets: this.#members,
      });
    this.#gs = null;
  }

  #endInterchange(iea: Segment): void {
    this.#closeGroup();
    if (!this.#isa) return this.#stray(iea, 'an interchange trailer without its header');
    const errors = trailerErrors(iea, this.#gsNumber, this.#isa.element(13));
    this.#isa = null;
    return this.#remark(`${this.#interchange}/IEA`, errors);
  }

  #closeSet(): void {
    const st = this.#set?.[0];
    this.#set = null;
    if (!st) return;
    const message = 'the transaction set is not complete: no set trailer (SE) before the next header, trailer or end';
    this.#remark(this.#place, [invalid('SE', message, '')]);
    this.#member(st, [NO_TRAILER]);
  }

  #closeGroup(): void {
    this.#closeSet();
    if (!this.#gs) return;
    this.#remarkOpenGroup();
    this.#emitGroup('');
  }

  #remarkOpenGroup(): void {
    this.#remark(`${this.#group}/GE`, [invalid('GE', 'the group has no trailer', '')]);
  }

  #closeInterchange(): void {
    this.#closeGroup();
    if (!this.#isa) return;
    this.#isa = null;
    this.#remark(`${this.#interchange}/IEA`, [invalid('IEA', 'the interchange has no trailer', '')]);
  }
}
