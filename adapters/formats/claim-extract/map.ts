/** One row of a claim extract as a canonical claim record (DOMAIN 12 B), by the feed's mapping. */
import type { ClaimCode, ClaimRecord } from '../../../src/model/records.ts';
import type { Cells } from './cells.ts';
import { readDate, readInstant } from '../../tables/date-format.ts';
import type { Target } from './targets.ts';
import { STATUSES } from './targets.ts';
import { normaliseRx, readCompound, readInteger, readMoney, readQuantity, readSex } from './values.ts';

const asText = (text: string): string => text;
const oneOf =
  (known: string) =>
  (text: string): string | undefined =>
    known.split(' ').includes(text) ? text : undefined;

/** The record; worth nothing when `cells.rejected` afterwards. `line` orders the file (12.11). */
export function mapRow(cells: Cells, line: number, zone: string): ClaimRecord {
  const { code, responseStatus } = readStatus(cells);
  const date = (target: Target): string | null =>
    cells.optional(target, (text) => dateOf(cells, target, text), 'a day of the declared format');
  const money = (target: Target): string | null => cells.optional(target, readMoney, 'an amount of money');
  return {
    type: 'claim',
    code,
    responseStatus,
    ...readPharmacy(cells),
    rxNumber: cells.required('rx.number', normaliseRx, 'a prescription number', ''),
    fillNumber: readFill(cells, code),
    dateOfService: cells.required(
      'dateOfService',
      (text) => dateOf(cells, 'dateOfService', text),
      'a day of the declared format',
      '',
    ),
    dispensingStatus: cells.optional('dispensingStatus', oneOf('P C'), 'P or C') ?? '',
    bin: cells.plain('payer.bin'),
    pcn: cells.plain('payer.pcn'),
    group: cells.plain('payer.group'),
    cardholder: cells.plain('payer.cardholder'),
    otherCoverage: cells.optional('otherCoverage', readInteger, 'a whole number') ?? 0,
    otherPayers: readOtherPayers(cells),
    adjudicatedAt: cells.optional(
      'adjudicatedAt',
      (text) => readInstant(text, cells.mapping('adjudicatedAt')?.formats ?? [], zone),
      'a time of the declared format',
    ),
    batchCreatedAt: null,
    batchId: '',
    batchReference: '',
    transactionIndex: 1,
    ordinal: line,
    ...readProduct(cells, code),
    unit: cells.plain('unit'),
    daysSupply: cells.optional('daysSupply', readInteger, 'a whole number'),
    writtenDate: date('dateWritten'),
    ...readPrescriber(cells),
    patient: readPatient(cells, date),
    compound: cells.optional('compound', readCompound, 'one of 0 1 2 Y N') ?? false,
    submissionClarification: cells
      .plain('submissionClarification')
      .split(/[^0-9A-Za-z]/)
      .filter((part) => part !== ''),
    basisOfCost: cells.plain('basisOfCost'),
    amounts: {
      ingredientCost: money('amounts.ingredientCost'),
      dispensingFee: money('amounts.dispensingFee'),
      patientPay: money('amounts.patientPay'),
      totalPaid: money('amounts.totalPaid'),
    },
  };
}

function dateOf(cells: Cells, target: Target, text: string): string | undefined {
  for (const format of cells.mapping(target)?.formats ?? []) {
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
  if (cells.mapping('status')) {
    // An unreadable status is read on as a reversal, which demands least of the other fields.
    const [code, responseStatus] = cells.required(
      'status',
      (text) => STATUSES.get(text),
      `one of ${[...STATUSES.keys()].join(' ')}`,
      ['B2', ''],
    );
    return { code, responseStatus };
  }
  return {
    code: cells.required<ClaimCode>('code', (text) => CODES.get(text), 'B1, B2 or B3', 'B2'),
    responseStatus: cells.required('responseStatus', oneOf('P A C D R S Q'), 'one of P A C D R S Q', ''),
  };
}

/** NCPDP id where the row has one, else NPI; both resolve to the pharmacy (12.15). */
function readPharmacy(cells: Cells): Pick<ClaimRecord, 'providerQualifier' | 'providerId'> {
  const useNpi =
    cells.mapping('pharmacy.npi') && (!cells.mapping('pharmacy.ncpdp') || cells.text('pharmacy.ncpdp') === '');
  const target = useNpi ? 'pharmacy.npi' : 'pharmacy.ncpdp';
  return {
    providerQualifier: useNpi ? '01' : '07',
    providerId: cells.required(target, asText, 'a pharmacy id', ''),
  };
}

/** A reversal may leave the fill number out (12.16). */
function readFill(cells: Cells, code: ClaimCode): number | null {
  if (code === 'B2') return cells.optional('fill.number', readInteger, 'a whole number');
  return cells.required('fill.number', readInteger, 'a whole number', 0);
}

/** Product and quantity, required for what opens a dispense. A reversal's quantity is often written negative. */
function readProduct(cells: Cells, code: ClaimCode): Pick<ClaimRecord, 'ndcText' | 'productQualifier' | 'quantity'> {
  if (code === 'B2') {
    const quantity = cells.optional('quantity', readQuantity, 'a quantity of at most three decimals');
    return {
      ndcText: cells.plain('ndc') || null,
      productQualifier: '03',
      quantity: quantity?.replace('-', '') ?? null,
    };
  }
  return {
    ndcText: cells.required('ndc', asText, 'a product id', ''),
    productQualifier: '03',
    quantity: cells.required(
      'quantity',
      (text) => {
        const quantity = readQuantity(text);
        return quantity === undefined || quantity.startsWith('-') || quantity === '0.000' ? undefined : quantity;
      },
      'a quantity above zero of at most three decimals',
      '',
    ),
  };
}

/** Secondary payer columns: MEDICAID_CARVE looks at them (12.3). */
function readOtherPayers(cells: Cells): ClaimRecord['otherPayers'] {
  const bin = cells.plain('otherPayer.bin');
  const pcn = cells.plain('otherPayer.pcn');
  const group = cells.plain('otherPayer.group');
  return bin === '' && pcn === '' && group === '' ? [] : [{ bin, pcn, group }];
}

/** Ten digits are an NPI unless the extract says otherwise. */
function readPrescriber(cells: Cells): Pick<ClaimRecord, 'prescriberQualifier' | 'prescriberId'> {
  const prescriberId = cells.plain('prescriber.id') || null;
  const stated = cells.plain('prescriber.qualifier');
  return { prescriberQualifier: stated || (/^\d{10}$/.test(prescriberId ?? '') ? '01' : ''), prescriberId };
}

function readPatient(cells: Cells, date: (target: Target) => string | null): ClaimRecord['patient'] {
  const id = cells.plain('patient.id');
  const mapping = cells.mapping('patient.id');
  return {
    familyName: cells.plain('patient.lastName') || null,
    givenName: cells.plain('patient.firstName') || null,
    birthDate: date('patient.birthDate'),
    sex: cells.optional('patient.sex', readSex, 'a sex (M F U or 1 2 0)') || null,
    identifier: id === '' || !mapping ? null : { authority: mapping.authority, type: mapping.type, value: id },
  };
}
