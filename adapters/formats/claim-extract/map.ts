/** One row of a claim extract as a canonical claim record (DOMAIN 12 B), by the feed's mapping. */
import type { ClaimCode, ClaimRecord } from '../../../src/model/records.ts';
import type { Cells } from './cells.ts';
import { isNumberOf } from './values.ts';

/** What most rows name: no further payers, no codes. */
const NO_PAYERS: ClaimRecord['otherPayers'] = [];
const NO_CODES: string[] = [];
Object.freeze(NO_PAYERS);
Object.freeze(NO_CODES);

/** The record; worth nothing when `cells.rejected` afterwards. `line` orders the file (12.11). */
export function mapRow(cells: Cells, line: number): ClaimRecord {
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
    rxNumber: cells.required(slots.rxNumber, ''),
    fillNumber: readFill(cells, code),
    dateOfService: cells.required(slots.dateOfService, ''),
    dispensingStatus: cells.plain(slots.dispensingStatus),
    bin: cells.plain(slots.bin),
    pcn: cells.plain(slots.pcn),
    group: cells.plain(slots.group),
    cardholder: cells.plain(slots.cardholder),
    otherCoverage: cells.optional(slots.otherCoverage) ?? 0,
    otherPayers: readOtherPayers(cells),
    adjudicatedAt: cells.optional(slots.adjudicatedAt),
    batchCreatedAt: null,
    batchId: '',
    batchReference: '',
    transactionIndex: 1,
    ordinal: line,
    ndcText,
    productQualifier: '03',
    quantity,
    unit: cells.plain(slots.unit),
    daysSupply: cells.optional(slots.daysSupply),
    writtenDate: cells.optional(slots.dateWritten),
    prescriberQualifier,
    prescriberId,
    patient: readPatient(cells),
    compound: cells.optional(slots.compound) ?? false,
    submissionClarification: cells.optional(slots.submissionClarification) ?? NO_CODES,
    basisOfCost: cells.plain(slots.basisOfCost),
    amounts: {
      ingredientCost: cells.optional(slots.ingredientCost),
      dispensingFee: cells.optional(slots.dispensingFee),
      patientPay: cells.optional(slots.patientPay),
      totalPaid: cells.optional(slots.totalPaid),
    },
  };
}

type Status = Readonly<Pick<ClaimRecord, 'code' | 'responseStatus'>>;
const TAKEN_BACK: Status = { code: 'B2', responseStatus: 'A' };
const UNREADABLE: Status = { code: 'B2', responseStatus: '' };

/** What the row's status columns say, unless a rule of the feed says that it takes its claim back or replaces it. */
function readStatus(cells: Cells): Status {
  if (cells.anyHolds('reversedWhen')) return TAKEN_BACK;
  const stated = statedStatus(cells);
  return stated.responseStatus === 'P' && cells.anyHolds('rebilledWhen') ? { ...stated, code: 'B3' } : stated;
}

/** From one `status` column, or from transaction code and response status as NCPDP has them. */
function statedStatus(cells: Cells): Status {
  const { status, code, responseStatus } = cells.slots;
  // An unreadable status is read on as a reversal, which demands least of the other fields.
  if (status.mapping) return cells.required(status, UNREADABLE);
  return { code: cells.required<ClaimCode>(code, 'B2'), responseStatus: cells.required(responseStatus, '') };
}

/** NCPDP id where the row has one, else NPI; both resolve to the pharmacy (12.15). */
function readPharmacy(cells: Cells): Pick<ClaimRecord, 'providerQualifier' | 'providerId'> {
  const { npi, ncpdp } = cells.slots;
  const useNpi = npi.mapping && (!ncpdp.mapping || cells.isEmpty(ncpdp));
  return { providerQualifier: useNpi ? '01' : '07', providerId: cells.required(useNpi ? npi : ncpdp, '') };
}

/** A reversal may leave the fill number out (12.16). */
const readFill = (cells: Cells, code: ClaimCode): number | null =>
  code === 'B2' ? cells.optional(cells.slots.fillNumber) : cells.required(cells.slots.fillNumber, 0);

/** Product and quantity, required for what opens a dispense. */
function readProduct(cells: Cells, code: ClaimCode): Pick<ClaimRecord, 'ndcText' | 'quantity'> {
  const { ndc, quantity, quantityBack } = cells.slots;
  if (code === 'B2') {
    const back = cells.optional(quantityBack)?.replace('-', '') ?? null;
    return { ndcText: cells.optional(ndc), quantity: back };
  }
  return { ndcText: cells.required(ndc, ''), quantity: cells.required(quantity, '') };
}

/** Secondary payer columns: MEDICAID_CARVE looks at them (12.3). */
function readOtherPayers(cells: Cells): ClaimRecord['otherPayers'] {
  const bin = cells.plain(cells.slots.otherBin);
  const pcn = cells.plain(cells.slots.otherPcn);
  const group = cells.plain(cells.slots.otherGroup);
  return bin === '' && pcn === '' && group === '' ? NO_PAYERS : [{ bin, pcn, group }];
}

/** Ten digits are an NPI unless the extract says otherwise. */
function readPrescriber(cells: Cells): Pick<ClaimRecord, 'prescriberQualifier' | 'prescriberId'> {
  const prescriberId = cells.optional(cells.slots.prescriberId);
  const stated = cells.plain(cells.slots.prescriberQualifier);
  return { prescriberQualifier: stated || (isNumberOf(10, prescriberId ?? '') ? '01' : ''), prescriberId };
}

function readPatient(cells: Cells): ClaimRecord['patient'] {
  const { lastName, firstName, birthDate, sex, patientId } = cells.slots;
  const value = cells.plain(patientId);
  const { mapping } = patientId;
  return {
    familyName: cells.optional(lastName),
    givenName: cells.optional(firstName),
    birthDate: cells.optional(birthDate),
    sex: cells.optional(sex) || null,
    identifier: value === '' || !mapping ? null : { authority: mapping.authority, type: mapping.type, value },
  };
}
