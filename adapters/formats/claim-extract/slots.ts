/** A declaration bound to the columns of a file: which column each target is read from there, and what is made of its text. */
import { readDate, readInstant } from '../../tables/date-format.ts';
import type { ClaimCode } from '../../../src/model/records.ts';
import { Memo } from '../../tables/memo.ts';
import type { ExtractOptions } from './options.ts';
import type { Mapping } from './options-mapping.ts';
import type { RowRules } from './options-rows.ts';
import { STATUSES, type Target } from './targets.ts';
import { normaliseRx, readCompound, readInteger, readMoney, readParts, readQuantity, readSex } from './values.ts';

/** Where a target is read from in the files of one header, and how. */
export interface Slot<T> {
  target: Target;
  /** Null = the feed does not map it. */
  mapping: Mapping | null;
  /** Place of its column; -1 = it has none. */
  place: number;
  /** True when an empty cell is a statement: it has a default, or its lookup knows it. */
  emptySays: boolean;
  read: Read<T>;
  /** What its text should be, for people. */
  expected: string;
  memo: Memo<T>;
}

/** How a text is read by what its feed declares of it: undefined when it cannot be. */
type Read<T> = (text: string, mapping: Mapping) => T | undefined;

/** A declaration bound to the columns of a file. */
export interface Binding {
  slots: Slots;
  /** Place of each column by its name. */
  places: ReadonlyMap<string, number>;
  /** How many columns a row has. */
  width: number;
  rules: RowRules;
}

const asText = (text: string): string => text;
const oneOf =
  (known: string) =>
  (text: string): string | undefined =>
    known.split(' ').includes(text) ? text : undefined;
const CODES: ReadonlyMap<string, ClaimCode> = new Map([
  ['B1', 'B1'],
  ['B2', 'B2'],
  ['B3', 'B3'],
]);

function dateOf(text: string, { formats }: Mapping): string | undefined {
  for (const format of formats) {
    const date = readDate(text, format);
    if (date !== undefined) return date;
  }
  return undefined;
}

function aboveZero(text: string): string | undefined {
  const quantity = readQuantity(text);
  return quantity === undefined || quantity.startsWith('-') || quantity === '0.000' ? undefined : quantity;
}

/** The slots by name: to look each up for every row by its target took a quarter of the time of reading. */
export type Slots = ReturnType<typeof slotsOf>;

type Bind = <T>(target: Target, read: Read<T>, expected: string) => Slot<T>;

const slotsOf = (slot: Bind, zone: string) => {
  const plain = (target: Target): Slot<string> => slot(target, asText, 'text');
  const whole = (target: Target): Slot<number> => slot(target, readInteger, 'a whole number');
  const day = (target: Target): Slot<string> => slot(target, dateOf, 'a day of the declared format');
  const money = (target: Target): Slot<string> => slot(target, readMoney, 'an amount of money');
  return {
    status: slot('status', (text) => STATUSES.get(text), `one of ${[...STATUSES.keys()].join(' ')}`),
    code: slot('code', (text) => CODES.get(text), 'B1, B2 or B3'),
    responseStatus: slot('responseStatus', oneOf('P A C D R S Q'), 'one of P A C D R S Q'),
    ncpdp: slot('pharmacy.ncpdp', asText, 'a pharmacy id'),
    npi: slot('pharmacy.npi', asText, 'a pharmacy id'),
    rxNumber: slot('rx.number', normaliseRx, 'a prescription number'),
    fillNumber: whole('fill.number'),
    dateOfService: day('dateOfService'),
    dispensingStatus: slot('dispensingStatus', oneOf('P C'), 'P or C'),
    ndc: slot('ndc', asText, 'a product id'),
    quantity: slot('quantity', aboveZero, 'a quantity above zero of at most three decimals'),
    /** Of what is taken back: its quantity is often written negative. */
    quantityBack: slot('quantity', readQuantity, 'a quantity of at most three decimals'),
    unit: plain('unit'),
    daysSupply: whole('daysSupply'),
    dateWritten: day('dateWritten'),
    prescriberId: plain('prescriber.id'),
    prescriberQualifier: plain('prescriber.qualifier'),
    bin: plain('payer.bin'),
    pcn: plain('payer.pcn'),
    group: plain('payer.group'),
    cardholder: plain('payer.cardholder'),
    otherBin: plain('otherPayer.bin'),
    otherPcn: plain('otherPayer.pcn'),
    otherGroup: plain('otherPayer.group'),
    otherCoverage: whole('otherCoverage'),
    adjudicatedAt: slot(
      'adjudicatedAt',
      (text, { formats }) => readInstant(text, formats, zone),
      'a time of the declared format',
    ),
    lastName: plain('patient.lastName'),
    firstName: plain('patient.firstName'),
    birthDate: day('patient.birthDate'),
    sex: slot('patient.sex', readSex, 'a sex (M F U or 1 2 0)'),
    patientId: plain('patient.id'),
    ingredientCost: money('amounts.ingredientCost'),
    dispensingFee: money('amounts.dispensingFee'),
    patientPay: money('amounts.patientPay'),
    totalPaid: money('amounts.totalPaid'),
    submissionClarification: slot('submissionClarification', readParts, 'text'),
    basisOfCost: plain('basisOfCost'),
    compound: slot('compound', readCompound, 'one of 0 1 2 Y N'),
  };
};

/** Binds a declaration to the columns of a file. */
export function bindColumns(columns: readonly string[], options: ExtractOptions, zone: string): Binding {
  const slots = slotsOf((target, read, expected) => {
    const mapping = options.mappings.get(target) ?? null;
    const place = mapping?.from == null ? -1 : columns.lastIndexOf(mapping.from);
    const emptySays = mapping !== null && (mapping.fallback !== null || mapping.lookup?.has('') === true);
    return { target, mapping, place, emptySays, read, expected, memo: new Memo() };
  }, zone);
  const places = new Map(columns.map((name, at) => [name, at]));
  return { slots, places, width: columns.length, rules: options.rules };
}
