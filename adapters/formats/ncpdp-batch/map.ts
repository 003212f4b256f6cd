/**
 * D.0 transactions as canonical claim records (DOMAIN 12 B). A required value that cannot be read rejects the record, any
 * other becomes absent; both leave an error with the field's number (12.18).
 */
import type {
  ClaimCode,
  ClaimIngredient,
  ClaimRecord,
  ClaimResponseRecord,
  Identifier,
} from '../../../src/model/records.ts';
import { readMoney, readQuantity } from './fields.ts';
import type { Findings } from './findings.ts';
import type { PatientAuthorities } from './options.ts';
import { pairOf, type Transmission, UNNAMED } from './parse.ts';
import type { Slots } from './slots.ts';

const CLAIM = pairOf('07');
const OTHER_PAYERS = pairOf('05');
const COMPOUND = pairOf('10');
const CLARIFICATION = pairOf('DK');

/** What most transactions name: no further payers, no codes. */
const NO_PAYERS: ClaimRecord['otherPayers'] = [];
const NO_CODES: string[] = [];
Object.freeze(NO_PAYERS);
Object.freeze(NO_CODES);

/** Where a transaction stands; parts of its record. */
export interface Place {
  batchId: string;
  batchReference: string;
  batchCreatedAt: string | null;
  transactionIndex: number;
  ordinal: number;
}

/** The answer to one transaction, read from a response transmission. */
export type Answer = Pick<ClaimResponseRecord, 'code' | 'responseStatus' | 'rxNumber' | 'amounts'>;

const CLAIM_CODES: readonly string[] = ['B1', 'B2', 'B3'];
/** Codes that D.0 knows and that make no claim: eligibility, information reporting, prior authorisation, controlled substances, services. */
const OTHER_CODES = new Set('E1 N1 N2 N3 P1 P2 P3 P4 C1 C2 C3 S1 S2 S3'.split(' '));

/** True for billing, reversal and rebill. */
export const isClaimCode = (code: string): code is ClaimCode => CLAIM_CODES.includes(code);

/** True for a transaction that is well-formed and says nothing the hub keeps (an N1 copy is never a dispense). */
export const isOtherCode = (code: string): boolean => OTHER_CODES.has(code);

/** What the transactions of a payload are read with. */
export interface Mapper {
  slots: Slots;
  authorities: PatientAuthorities;
}

/** One request transaction as a record, `responseStatus` still ''. `findings` stand at it. */
export function mapRequest(
  transmission: Transmission,
  transaction: number,
  place: Place,
  { slots, authorities }: Mapper,
  findings: Findings,
): ClaimRecord {
  checkSegments(transmission, transaction, findings);
  const stated = transmission.code;
  const code: ClaimCode = isClaimCode(stated) ? stated : 'B1';
  const record: ClaimRecord = {
    type: 'claim',
    code,
    responseStatus: '',
    providerQualifier: findings.headerPlain(slots.providerQualifier, 21, 23),
    providerId: findings.header(slots.providerId, 23, 38),
    rxNumber: findings.required(slots.rxNumber, ''),
    // 403-D3; a B2 may leave it out (12.16).
    fillNumber: code === 'B2' ? findings.optional(slots.fillNumber) : findings.required(slots.fillNumber, 0),
    dateOfService: findings.header(slots.dateOfService, 38, 46),
    dispensingStatus: findings.plain(slots.dispensingStatus),
    bin: findings.headerPlain(slots.bin, 0, 6),
    pcn: findings.headerPlain(slots.pcn, 10, 20),
    group: findings.plain(slots.group),
    cardholder: findings.plain(slots.cardholder),
    otherCoverage: findings.optional(slots.otherCoverage) ?? 0,
    otherPayers: otherPayers(transmission, transaction),
    adjudicatedAt: null,
    batchCreatedAt: place.batchCreatedAt,
    batchId: place.batchId,
    batchReference: place.batchReference,
    transactionIndex: place.transactionIndex,
    ordinal: place.ordinal,
    // Product and quantity are required for what opens a dispense. A text that is no NDC is kept: DRUG_COVERED decides (12.18).
    ndcText: code === 'B2' ? findings.optional(slots.product) : findings.required(slots.product, '') || null,
    productQualifier: findings.plain(slots.productQualifier),
    quantity: code === 'B2' ? findings.optional(slots.quantityBack) : findings.required(slots.quantity, ''),
    unit: findings.plain(slots.unit),
    daysSupply: findings.optional(slots.daysSupply),
    writtenDate: findings.optional(slots.writtenDate) || null,
    prescriberQualifier: findings.plain(slots.prescriberQualifier),
    prescriberId: findings.optional(slots.prescriberId),
    patient: patient(slots, authorities, findings),
    compound: false,
    submissionClarification: clarifications(transmission, transaction),
    basisOfCost: findings.plain(slots.basisOfCost),
    amounts: NO_AMOUNTS,
  };
  const ingredients = compoundOf(transmission, transaction, slots, findings);
  if (ingredients) Object.assign(record, { compound: true, ingredients });
  record.amounts = {
    ingredientCost: findings.optional(slots.ingredientCost),
    dispensingFee: findings.optional(slots.dispensingFee),
    patientPay: findings.optional(slots.patientPay),
    totalPaid: null,
  };
  return record;
}

/** One response transaction, at which `findings` stand. A transmission rejected in its header (501-F1 = R) rejects each of them. */
export function mapResponse(transmission: Transmission, { slots: { answer } }: Mapper, findings: Findings): Answer {
  const { code, status } = transmission;
  return {
    code: isClaimCode(code) ? code : 'B1',
    responseStatus: status === 'R' && !findings.has(answer.status) ? 'R' : findings.required(answer.status, ''),
    rxNumber: findings.plain(answer.rxNumber),
    amounts: {
      ingredientCost: findings.optional(answer.ingredientCost),
      dispensingFee: findings.optional(answer.dispensingFee),
      patientPay: findings.optional(answer.patientPay),
      totalPaid: findings.optional(answer.totalPaid),
    },
  };
}

/** Gives a request its answer: the answer's status, and each amount the answer states. */
export function giveAnswer(request: ClaimRecord, answer: Answer, findings: Findings): void {
  if (answer.code !== request.code)
    findings.refuse('103-A3', 'the response answers another transaction code', answer.code);
  if (answer.rxNumber !== '' && answer.rxNumber !== request.rxNumber)
    findings.refuse('402-D2', 'the response names another prescription number than the request', answer.rxNumber);
  const { amounts } = answer;
  request.responseStatus = answer.responseStatus;
  amounts.ingredientCost ??= request.amounts.ingredientCost;
  amounts.dispensingFee ??= request.amounts.dispensingFee;
  amounts.patientPay ??= request.amounts.patientPay;
  request.amounts = amounts;
}

const NO_AMOUNTS: ClaimRecord['amounts'] = {
  ingredientCost: null,
  dispensingFee: null,
  patientPay: null,
  totalPaid: null,
};

/** A second claim segment would silently be a second claim; fields without a segment belong nowhere. */
function checkSegments(transmission: Transmission, transaction: number, findings: Findings): void {
  const claims = transmission.count(transaction, CLAIM);
  for (let unnamed = transmission.count(transaction, UNNAMED); unnamed > 0; unnamed -= 1)
    findings.note('111-AM', 'a segment does not begin with its identification AMnn', '');
  if (claims > 1) findings.refuse('111-AM', `${claims} claim segments in one transaction`, '');
}

/** BINs that the COB segment names: 340-7C where its qualifier 339-6C says BIN. */
function otherPayers(transmission: Transmission, transaction: number): ClaimRecord['otherPayers'] {
  if (transmission.count(transaction, OTHER_PAYERS) === 0) return NO_PAYERS;
  const payers: ClaimRecord['otherPayers'] = [];
  let qualifier = '';
  for (const { id, value } of transmission.fields(transaction, OTHER_PAYERS)) {
    if (id === '5C') qualifier = '';
    else if (id === '6C') qualifier = value;
    else if (id === '7C' && qualifier === '03' && value !== '') payers.push({ bin: value, pcn: '', group: '' });
  }
  return payers;
}

/** 420-DK, which repeats. */
function clarifications(transmission: Transmission, transaction: number): string[] {
  if (!transmission.find(transaction, CLAIM, CLARIFICATION)) return NO_CODES;
  return transmission.fields(transaction, CLAIM, CLARIFICATION).flatMap(({ value }) => (value === '' ? [] : value));
}

function patient(slots: Slots, authorities: PatientAuthorities, findings: Findings): ClaimRecord['patient'] {
  return {
    familyName: findings.optional(slots.familyName),
    givenName: findings.optional(slots.givenName),
    birthDate: findings.optional(slots.birthDate) || null,
    sex: findings.optional(slots.sex) || null,
    identifier: identifier(findings.plain(slots.patientQualifier), findings.plain(slots.patientId), authorities),
  };
}

/** 332-CY. A social security number (331-CX = 01) is never kept. */
function identifier(qualifier: string, value: string, authorities: PatientAuthorities): Identifier | null {
  if (value === '' || qualifier === '01') return null;
  const declared = authorities.get(qualifier);
  if (declared) return { ...declared, value };
  return { authority: '', type: qualifier === 'EA' ? 'MR' : qualifier, value };
}

/** The ingredients of a compound; undefined = it is none. */
function compoundOf(
  transmission: Transmission,
  transaction: number,
  slots: Slots,
  findings: Findings,
): ClaimIngredient[] | undefined {
  if (findings.optional(slots.compound) !== '2') return undefined;
  const ingredients = readIngredients(transmission, transaction, findings);
  if (ingredients.length === 0) findings.note('489-TE', 'a compound without ingredients', '');
  return ingredients;
}

/** Segment 10: each 488-RE begins an ingredient. */
function readIngredients(transmission: Transmission, transaction: number, findings: Findings): ClaimIngredient[] {
  const ingredients: ClaimIngredient[] = [];
  let current: ClaimIngredient | undefined;
  for (const { id, value } of transmission.fields(transaction, COMPOUND)) {
    if (id === 'RE' || (id === 'TE' && (!current || current.ndcText !== null))) {
      current = { productQualifier: '', ndcText: null, quantity: null, cost: null, basisOfCost: '' };
      ingredients.push(current);
    }
    if (!current) continue;
    if (id === 'RE') current.productQualifier = value;
    else if (id === 'TE') current.ndcText = value || null;
    else if (id === 'ED') current.quantity = part('448-ED', value, readQuantity, 'a quantity 9(7)v999', findings);
    else if (id === 'EE') current.cost = part('449-EE', value, readMoney, 'money with a signed last digit', findings);
    else if (id === 'UE') current.basisOfCost = value;
  }
  return ingredients;
}

/** A value of an ingredient: null when absent or unreadable, the latter noted. */
function part(
  name: string,
  text: string,
  read: (text: string) => string | undefined,
  expected: string,
  findings: Findings,
): string | null {
  if (text === '') return null;
  const value = read(text);
  if (value === undefined) findings.note(name, `is not ${expected}`, text);
  return value ?? null;
}
