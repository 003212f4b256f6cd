/** The units of a file, each by its kind: what is read, what is refused by name, what is left aside. */
import type { FunctionalGroupRecord, ReceivedSet } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { mapAcknowledgement, mapInterchangeAcknowledgement } from './acknowledgement.ts';
import { mapCatalogue } from './catalogue.ts';
import { invalid } from './envelope.ts';
import type { EnvelopeUnit, FunctionalGroup, TransactionSet } from './envelope.ts';
import { mapInvoice } from './invoice.ts';
import { x12Options } from './options.ts';
import type { X12Options } from './options.ts';
import { mapAcknowledgedOrder, mapShipNotice } from './order.ts';

/** Acknowledgements are not acknowledged. */
const ACKNOWLEDGEMENTS = new Set(['FA']);
/** Element 718: the set is not supported; segments of it are in error. */
const NOT_SUPPORTED = '1';
const SEGMENTS_IN_ERROR = '5';

/** Money that would be missing in silence: refused by name, so that somebody sees it. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['812', 'a credit/debit adjustment (812) is not read; ask the wholesaler for credits as 810 with BIG07 = CR'],
  ['849', 'a response to a product transfer (849) is not read; ask the wholesaler for credits as 810 with BIG07 = CR'],
]);

/** Maps the units of one file, in its order. */
export class UnitMap {
  readonly #context: FormatContext;
  readonly #options: X12Options;
  /** What became of each set, for the 997 of its group. */
  readonly #fates = new Map<string, { status: 'A' | 'E' | 'R'; faults: string[] }>();

  constructor(context: FormatContext) {
    this.#context = context;
    this.#options = x12Options(context.options);
  }

  /** What a unit says. */
  *map(unit: EnvelopeUnit): Generator<Parsed> {
    switch (unit.kind) {
      case 'remark':
        yield { position: unit.position, records: [], errors: unit.errors };
        return;
      case 'ta1':
        yield mapInterchangeAcknowledgement(unit);
        return;
      case 'group':
        if (this.#options.acknowledge && !ACKNOWLEDGEMENTS.has(unit.gs.element(1))) yield this.#group(unit);
        return;
      case 'set':
        yield* this.#set(unit);
    }
  }

  *#set(set: TransactionSet): Generator<Parsed> {
    let records = 0;
    let errors = 0;
    let ignored = 0;
    for (const parsed of this.#read(set)) {
      records += parsed.records.length;
      errors += parsed.errors.length;
      if (parsed.ignored?.startsWith('SET_') === true) ignored += 1;
      yield parsed;
    }
    if (!this.#options.acknowledge) return;
    const status = ignored > 0 || (errors > 0 && records === 0) ? 'R' : errors > 0 ? 'E' : 'A';
    const faults = status === 'A' ? [] : [ignored > 0 ? NOT_SUPPORTED : SEGMENTS_IN_ERROR];
    this.#fates.set(set.position, { status, faults });
  }

  #read(set: TransactionSet): Iterable<Parsed> {
    const code = set.segments[0]?.element(1).toUpperCase() ?? '';
    switch (code) {
      case '810':
        return mapInvoice(set, this.#context, this.#options);
      case '832':
        return mapCatalogue(set, this.#options);
      case '855':
        return [mapAcknowledgedOrder(set, this.#context, this.#options)];
      case '856':
        return mapShipNotice(set, this.#context, this.#options);
      case '997':
      case '999':
        return [mapAcknowledgement(set, code, this.#context)];
      default:
        return [notRead(set, code)];
    }
  }

  #group({ position, isa, gs, stated, sets }: FunctionalGroup): Parsed {
    const record: FunctionalGroupRecord = {
      type: 'functionalGroup',
      partnerQualifier: isa.element(5),
      partner: isa.element(6),
      ownQualifier: isa.element(7),
      own: isa.element(8),
      partnerCode: gs.element(2),
      ownCode: gs.element(3),
      interchangeNumber: isa.element(13),
      functionalCode: gs.element(1),
      controlNumber: gs.element(6),
      version: gs.element(8),
      usage: isa.element(15),
      setsIncluded: /^\d{1,9}$/.test(stated) ? Number(stated) : null,
      sets: sets.map(({ position: place, code, controlNumber, faults }): ReceivedSet => {
        const fate = this.#fates.get(place);
        // A set without its trailer was not read; a wrong trailer is noted, whatever the content is.
        const status = fate === undefined ? 'R' : fate.status === 'A' && faults.length > 0 ? 'E' : fate.status;
        return { code, controlNumber, status, faults: [...faults, ...(fate?.faults ?? [])] };
      }),
    };
    this.#fates.clear();
    return { position, records: [record], errors: [] };
  }
}

/** A set that the hub does not read: refused by name, or left aside as `SET_850`. */
function notRead({ position }: TransactionSet, code: string): Parsed {
  const refused = REFUSED.get(code);
  if (refused !== undefined) return { position, records: [], errors: [invalid('ST-01', refused, code)] };
  return { position, records: [], errors: [], ignored: `SET_${/^[A-Z0-9]{1,6}$/.test(code) ? code : 'UNKNOWN'}` };
}
