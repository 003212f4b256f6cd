/** A covered entity of OPAIS -> the entity or child site, its contract pharmacies, its Medicaid numbers and NPIs. */
import { isDate } from '../../../src/model/calendar.ts';
import type { RecordError, ReferenceRecord } from '../../../src/model/records.ts';
import type { Parsed } from '../../contract.ts';
import { parentOf } from './family.ts';
import { listOf, objectOf, textOf } from './parse.ts';
import type { JsonObject } from './parse.ts';

type RowOf<K extends ReferenceRecord['kind']> = Extract<ReferenceRecord, { kind: K }>['row'];

const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** 340B IDs and numbers become index keys, so they are bounded. */
const isCode = (text: string): boolean => text !== '' && text.length <= 64;

/** The database default of an unset date in the publisher's system. */
const UNSET = '0001-01-01';

/**
 * The day of a timestamp (`2024-02-16T09:29:10.8756857`): dates of OPAIS have no zone, so nothing is shifted. Null = absent,
 * undefined = unreadable (the error is added).
 */
function dayOf(object: JsonObject, field: string, path: string, errors: RecordError[]): string | null | undefined {
  const text = textOf(object, field);
  const day = text.slice(0, 10);
  if (text === '' || day === UNSET) return null;
  if (isDate(day) && /^(T[\d:.]{0,20}Z?)?$/.test(text.slice(10))) return day;
  errors.push(invalid(path + field, 'expected a timestamp, year first', text));
  return undefined;
}

function participation(object: JsonObject, errors: RecordError[]): boolean | undefined {
  const text = textOf(object, 'participating').toUpperCase();
  if (text === 'TRUE') return true;
  if (text === 'FALSE') return false;
  errors.push(invalid('participating', 'expected true or false', text));
  return undefined;
}

/** The entity itself; undefined = rejected. An unreadable date must not be taken for an open end. */
function coveredEntity(
  object: JsonObject,
  id340b: string,
  known: ReadonlySet<string>,
  errors: RecordError[],
): RowOf<'coveredEntity'> | undefined {
  const participating = participation(object, errors);
  const startDate = dayOf(object, 'participatingStartDate', '', errors);
  const terminationDate = dayOf(object, 'terminationDate', '', errors);
  if (participating === undefined || startDate === undefined || terminationDate === undefined) return undefined;
  const states = [objectOf(object, 'streetAddress'), objectOf(object, 'billingAddress'), object];
  return {
    id340b,
    parent340b: parentOf(id340b, known),
    name: textOf(object, 'name'),
    subName: textOf(object, 'subName'),
    entityType: textOf(object, 'entityType').toUpperCase(),
    state: states.map((place) => textOf(place, 'state').toUpperCase()).find((state) => state !== '') ?? '',
    participating,
    startDate,
    terminationDate,
  };
}

function contracts(object: JsonObject, id340b: string, errors: RecordError[]): RowOf<'contractPharmacy'>[] {
  return listOf(object, 'contractPharmacies').flatMap((contract, index) => {
    const path = `contractPharmacies[${index}].`;
    const contractId = textOf(contract, 'contractId');
    const opaisPharmacyId = textOf(contract, 'pharmacyId');
    const beginDate = dayOf(contract, 'beginDate', path, errors);
    const terminationDate = dayOf(contract, 'terminationDate', path, errors);
    if (!isCode(contractId) || !isCode(opaisPharmacyId)) {
      errors.push(invalid(`${path}contractId`, 'expected a contract and a pharmacy number', contractId));
      return [];
    }
    if (beginDate === undefined || terminationDate === undefined) return [];
    return [{ id340b, contractId, opaisPharmacyId, name: textOf(contract, 'name'), beginDate, terminationDate }];
  });
}

/** `list` holds objects with the number in `field`. A number that stands twice is taken once. */
function numbers(
  object: JsonObject,
  list: string,
  field: string,
  numberKind: 'MEDICAID' | 'NPI',
  id340b: string,
): RowOf<'medicaidNumber'>[] {
  const rows = new Map<string, RowOf<'medicaidNumber'>>();
  for (const entry of listOf(object, list)) {
    const number = textOf(entry, field);
    const state = textOf(entry, 'state').toUpperCase().slice(0, 64);
    if (isCode(number)) rows.set(`${state} ${number}`, { id340b, state, number, numberKind });
  }
  return [...rows.values()];
}

/** The 340B ID of an entry; '' = none. */
export const idOf = (object: JsonObject | null): string => (object ? textOf(object, 'id340B').toUpperCase() : '');

/** One entry of the file as a unit; `known` are the 340B IDs of the whole file. */
export function mapEntity(object: JsonObject | null, position: string, known: ReadonlySet<string>): Parsed {
  if (object === null) return { position, records: [], errors: [invalid('', 'expected a covered entity', '')] };
  const id340b = idOf(object);
  if (!isCode(id340b)) return { position, records: [], errors: [invalid('id340B', 'expected a 340B ID', id340b)] };
  const errors: RecordError[] = [];
  const entity = coveredEntity(object, id340b, known, errors);
  if (!entity) return { position, records: [], errors };
  const rows = [
    ...numbers(object, 'medicaidNumbers', 'medicaidNumber', 'MEDICAID', id340b),
    ...numbers(object, 'npiNumbers', 'npiNumber', 'NPI', id340b),
  ];
  const records: ReferenceRecord[] = [
    { type: 'reference', kind: 'coveredEntity', row: entity },
    ...contracts(object, id340b, errors).map((row): ReferenceRecord => ({
      type: 'reference',
      kind: 'contractPharmacy',
      row,
    })),
    ...rows.map((row): ReferenceRecord => ({ type: 'reference', kind: 'medicaidNumber', row })),
  ];
  return { position, records, errors };
}
