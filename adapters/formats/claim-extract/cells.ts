/** The cells of one row seen through the feed's mapping, and the errors found on the way (12.18). */
import type { RecordError } from '../../../src/model/records.ts';
import type { ExtractOptions } from './options.ts';
import type { Mapping } from './options-mapping.ts';
import { anyHolds, type RowRules } from './options-rows.ts';
import type { Target } from './targets.ts';

/** A record error; `original` is cut to what the database keeps. */
export const recordError = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** Where a target is read from in the files of one header. */
export interface Slot {
  target: Target;
  /** Null = the feed does not map it. */
  mapping: Mapping | null;
  /** Place of its column; -1 = it has none. */
  place: number;
}

/** A declaration bound to the columns of a file. */
export interface Binding {
  slots: Slots;
  /** Place of each column by its name. */
  places: ReadonlyMap<string, number>;
  rules: RowRules;
}

/** The slots by name: to look each up for every row by its target took a quarter of the time of reading. */
type Slots = ReturnType<typeof slotsOf>;

const slotsOf = (slot: (target: Target) => Slot) => ({
  status: slot('status'),
  code: slot('code'),
  responseStatus: slot('responseStatus'),
  ncpdp: slot('pharmacy.ncpdp'),
  npi: slot('pharmacy.npi'),
  rxNumber: slot('rx.number'),
  fillNumber: slot('fill.number'),
  dateOfService: slot('dateOfService'),
  dispensingStatus: slot('dispensingStatus'),
  ndc: slot('ndc'),
  quantity: slot('quantity'),
  unit: slot('unit'),
  daysSupply: slot('daysSupply'),
  dateWritten: slot('dateWritten'),
  prescriberId: slot('prescriber.id'),
  prescriberQualifier: slot('prescriber.qualifier'),
  bin: slot('payer.bin'),
  pcn: slot('payer.pcn'),
  group: slot('payer.group'),
  cardholder: slot('payer.cardholder'),
  otherBin: slot('otherPayer.bin'),
  otherPcn: slot('otherPayer.pcn'),
  otherGroup: slot('otherPayer.group'),
  otherCoverage: slot('otherCoverage'),
  adjudicatedAt: slot('adjudicatedAt'),
  lastName: slot('patient.lastName'),
  firstName: slot('patient.firstName'),
  birthDate: slot('patient.birthDate'),
  sex: slot('patient.sex'),
  patientId: slot('patient.id'),
  ingredientCost: slot('amounts.ingredientCost'),
  dispensingFee: slot('amounts.dispensingFee'),
  patientPay: slot('amounts.patientPay'),
  totalPaid: slot('amounts.totalPaid'),
  submissionClarification: slot('submissionClarification'),
  basisOfCost: slot('basisOfCost'),
  compound: slot('compound'),
});

/** Binds a declaration to the columns of a file. */
export function bindColumns(columns: readonly string[], options: ExtractOptions): Binding {
  const slots = slotsOf((target) => {
    const mapping = options.mappings.get(target) ?? null;
    return { target, mapping, place: mapping?.from == null ? -1 : columns.lastIndexOf(mapping.from) };
  });
  const places = new Map(columns.map((name, at) => [name, at]));
  return { slots, places, rules: options.rules };
}

/** How a text is read by what its feed declares of it: undefined when it cannot be. */
type Read<T> = (text: string, mapping: Mapping | null) => T | undefined;

/** One row while it is being read. */
export class Cells {
  readonly errors: RecordError[] = [];
  /** True once a required value is missing or unreadable. */
  rejected = false;
  readonly #cells: readonly string[];
  readonly #binding: Binding;

  constructor(cells: readonly string[], binding: Binding) {
    this.#cells = cells;
    this.#binding = binding;
  }

  get slots(): Slots {
    return this.#binding.slots;
  }

  /** The trimmed text of a column, mapped or not. */
  ofColumn(column: string): string {
    return (this.#cells[this.#binding.places.get(column) ?? -1] ?? '').trim();
  }

  /** True when a condition of this rule of the feed holds for the row. */
  anyHolds(rule: 'reversedWhen' | 'rebilledWhen' | 'ignoredWhen'): boolean {
    const conditions = this.#binding.rules[rule];
    return conditions.length > 0 && anyHolds(conditions, (column) => this.ofColumn(column));
  }

  /** As sent, trimmed, before default and lookup. */
  sent({ place }: Slot): string {
    return place === -1 ? '' : (this.#cells[place] ?? '').trim();
  }

  /** The text to be read; undefined when its lookup does not know it or its bytes are not of the declared encoding. */
  text(slot: Slot): string | undefined {
    const { mapping } = slot;
    if (mapping === null) return '';
    const sent = this.sent(slot);
    const { lookup, fallback } = mapping;
    if (sent === '') return fallback !== null && !lookup?.has('') ? fallback : (lookup?.get('') ?? '');
    if (sent.includes('\uFFFD')) return undefined;
    return lookup ? lookup.get(sent) : sent;
  }

  /** A value that may be left out: null when absent or unreadable, the latter noted. */
  optional<T>(slot: Slot, read: Read<T>, expected: string): T | null {
    const text = this.text(slot);
    if (text === '') return null;
    const value = text === undefined ? undefined : read(text, slot.mapping);
    if (value === undefined) this.note(slot, problem(text, expected));
    return value ?? null;
  }

  /** A text that may be left out: ''. */
  plain(slot: Slot): string {
    const text = this.text(slot);
    if (text === undefined) this.note(slot, problem(text, 'text'));
    return text ?? '';
  }

  /** A value without which the record is rejected; `fallback` keeps the reading going for further errors. */
  required<T>(slot: Slot, read: Read<T>, expected: string, fallback: T): T {
    const text = this.text(slot);
    const value = text === undefined || text === '' ? undefined : read(text, slot.mapping);
    if (value === undefined) this.refuse(slot, text === '' ? 'is missing' : problem(text, expected));
    return value ?? fallback;
  }

  /** Notes what is wrong, under the name by which people know where the value stands. */
  note(slot: Slot, message: string): void {
    this.errors.push(recordError(slot.mapping?.from ?? slot.target, message, this.sent(slot)));
  }

  refuse(slot: Slot, message: string): void {
    this.note(slot, message);
    this.rejected = true;
  }
}

const problem = (text: string | undefined, expected: string): string =>
  text === undefined ? 'is none of the declared values' : `is not ${expected}`;
