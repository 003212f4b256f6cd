/** One row of a claim extract as a canonical claim record (DOMAIN 12 B), by the feed's mapping. */
import type { ClaimCode, ClaimRecord } from '../../../src/model/records.ts';
import type { Cells } from './cells.ts';
import { readDate, readInstant } from '../../tables/date-format.ts';
import type { Mapping } from './options-mapping.ts';
import { STATUSES } from './targets.ts';
import { normaliseRx, readCompound, readInteger, readMoney, readQuantity, readSex } from './values.ts';

const asText = (text: string): string => text;
const oneOf =
  (known: string) =>
  (text: string): string | undefined =>
    known.split(' ').includes(text) ? text : undefined;
const isDispensingStatus = oneOf('P C');
const isResponseStatus = oneOf('P A C D R S Q');
const WHOLE = 'a whole number';
const MONEY = 'an amount of money';
const DAY = 'a day of the declared format';

/** The record; worth nothing when `cells.rejected` afterwards. `line` orders the file (12.11). */
export function mapRow(cells: Cells, line: number, zone: string): ClaimRecord {
  const { slots } = cells;
  const { code, responseStatus } = readStatus(cells);
  const { providerQualifier, providerId } = readPharmacy(cells);
  const { ndcText, quantity } = readProduct(cells, code);
  const { prescriberQualifier, prescriberId } = readPrescriber(cells);
  return {
    type: 'claim',
    code,
    responseStatus,
    providerQualifier,
    providerId,
    rxNumber: cells.required(slots.rxNumber, normaliseRx, 'a prescription number', ''),
    fillNumber: readFill(cells, code),
    dateOfService: cells.required(slots.dateOfService, dateOf, DAY, ''),
    dispensingStatus: cells.optional(slots.dispensingStatus, isDispensingStatus, 'P or C') ?? '',
    bin: cells.plain(slots.bin),
    pcn: cells.plain(slots.pcn),
    group: cells.plain(slots.group),
    cardholder: cells.plain(slots.cardholder),
    otherCoverage: cells.optional(slots.otherCoverage, readInteger, WHOLE) ?? 0,
    otherPayers: readOtherPayers(cells),
    adjudicatedAt: cells.optional(
      slots.adjudicatedAt,
      (text, mapping) => readInstant(text, mapping?.formats ?? [], zone),
      'a time of the declared format',
    ),
    batchCreatedAt: null,
    batchId: '',
    batchReference: '',
    transactionIndex: 1,
    ordinal: line,
    ndcText,
    productQualifier: '03',
    quantity,
    unit: cells.plain(slots.unit),
    daysSupply: cells.optional(slots.daysSupply, readInteger, WHOLE),
    writtenDate: cells.optional(slots.dateWritten, dateOf, DAY),
    prescriberQualifier,
    prescriberId,
    patient: readPatient(cells),
    compound: cells.optional(slots.compound, readCompound, 'one of 0 1 2 Y N') ?? false,
    submissionClarification: partsOf(cells.plain(slots.submissionClarification)),
    basisOfCost: cells.plain(slots.basisOfCost),
    amounts: {
      ingredientCost: cells.optional(slots.ingredientCost, readMoney, MONEY),
      dispensingFee: cells.optional(slots.dispensingFee, readMoney, MONEY),
      patientPay: cells.optional(slots.patientPay, readMoney, MONEY),
      totalPaid: cells.optional(slots.totalPaid, readMoney, MONEY),
    },
  };
}

const partsOf = (text: string): string[] =>
  text === '' ? [] : text.split(/[^0-9A-Za-z]/).filter((part) => part !== '');

function dateOf(text: string, mapping: Mapping | null): string | undefined {
  for (const format of mapping?.formats ?? []) {
    const date = readDate(text, format);
    if (date !== undefined) return date;
  }
  return undefined;
}

const CODES: ReadonlyMap<string, ClaimCode> = new Map([
  ['B1', 'B1'],
  ['B2', 'B2'],
  ['B3', 'B3'],
]);

type Status = Pick<ClaimRecord, 'code' | 'responseStatus'>;

/** What the row's status columns say, unless a rule of the feed says that it takes its claim back or replaces it. */
function readStatus(cells: Cells): Status {
  if (cells.anyHolds('reversedWhen')) return { code: 'B2', responseStatus: 'A' };
  const stated = statedStatus(cells);
  return stated.responseStatus === 'P' && cells.anyHolds('rebilledWhen') ? { ...stated, code: 'B3' } : stated;
}

/** From one `status` column, or from transaction code and response status as NCPDP has them. */
function statedStatus(cells: Cells): Status {
  const { status, code, responseStatus } = cells.slots;
  if (status.mapping) {
    // An unreadable status is read on as a reversal, which demands least of the other fields.
    const [statedCode, answer] = cells.required(
      status,
      (text) => STATUSES.get(text),
      `one of ${[...STATUSES.keys()].join(' ')}`,
      ['B2', ''],
    );
    return { code: statedCode, responseStatus: answer };
  }
  return {
    code: cells.required<ClaimCode>(code, (text) => CODES.get(text), 'B1, B2 or B3', 'B2'),
    responseStatus: cells.required(responseStatus, isResponseStatus, 'one of P A C D R S Q', ''),
  };
}

/** NCPDP id where the row has one, else NPI; both resolve to the pharmacy (12.15). */
function readPharmacy(cells: Cells): Pick<ClaimRecord, 'providerQualifier' | 'providerId'> {
  const { npi, ncpdp } = cells.slots;
  const useNpi = npi.mapping && (!ncpdp.mapping || cells.text(ncpdp) === '');
  return {
    providerQualifier: useNpi ? '01' : '07',
    providerId: cells.required(useNpi ? npi : ncpdp, asText, 'a pharmacy id', ''),
  };
}

/** A reversal may leave the fill number out (12.16). */
function readFill(cells: Cells, code: ClaimCode): number | null {
  if (code === 'B2') return cells.optional(cells.slots.fillNumber, readInteger, WHOLE);
  return cells.required(cells.slots.fillNumber, readInteger, WHOLE, 0);
}

/** Product and quantity, required for what opens a dispense. A reversal's quantity is often written negative. */
function readProduct(cells: Cells, code: ClaimCode): Pick<ClaimRecord, 'ndcText' | 'quantity'> {
  const { slots } = cells;
  if (code === 'B2') {
    const quantity = cells.optional(slots.quantity, readQuantity, 'a quantity of at most three decimals');
    return { ndcText: cells.plain(slots.ndc) || null, quantity: quantity?.replace('-', '') ?? null };
  }
  return {
    ndcText: cells.required(slots.ndc, asText, 'a product id', ''),
    quantity: cells.required(slots.quantity, aboveZero, 'a quantity above zero of at most three decimals', ''),
  };
}

function aboveZero(text: string): string | undefined {
  const quantity = readQuantity(text);
  return quantity === undefined || quantity.startsWith('-') || quantity === '0.000' ? undefined : quantity;
}

/** Secondary payer columns: MEDICAID_CARVE looks at them (12.3). */
function readOtherPayers(cells: Cells): ClaimRecord['otherPayers'] {
  const bin = cells.plain(cells.slots.otherBin);
  const pcn = cells.plain(cells.slots.otherPcn);
  const group = cells.plain(cells.slots.otherGroup);
  return bin === '' && pcn === '' && group === '' ? [] : [{ bin, pcn, group }];
}

/** Ten digits are an NPI unless the extract says otherwise. */
function readPrescriber(cells: Cells): Pick<ClaimRecord, 'prescriberQualifier' | 'prescriberId'> {
  const prescriberId = cells.plain(cells.slots.prescriberId) || null;
  const stated = cells.plain(cells.slots.prescriberQualifier);
  return { prescriberQualifier: stated || (/^\d{10}$/.test(prescriberId ?? '') ? '01' : ''), prescriberId };
}

function readPatient(cells: Cells): ClaimRecord['patient'] {
  const { lastName, firstName, birthDate, sex, patientId } = cells.slots;
  const value = cells.plain(patientId);
  const { mapping } = patientId;
  return {
    familyName: cells.plain(lastName) || null,
    givenName: cells.plain(firstName) || null,
    birthDate: cells.optional(birthDate, dateOf, DAY),
    sex: cells.optional(sex, readSex, 'a sex (M F U or 1 2 0)') || null,
    identifier: value === '' || !mapping ? null : { authority: mapping.authority, type: mapping.type, value },
  };
}
