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
import { normaliseRx, readDay, readMoney, readQuantity, readWhole } from './fields.ts';
import type { Findings } from './findings.ts';
import type { PatientAuthorities } from './options.ts';
import type { RequestHeader, ResponseHeader, Segment, Transmission } from './parse.ts';
import { fieldsOf, segmentsOf as of, valueOf, valuesOf } from './parse.ts';

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

/** One request transaction as a record, `responseStatus` still ''. */
export function mapRequest(
  transmission: Transmission<RequestHeader>,
  segments: readonly Segment[],
  place: Place,
  authorities: PatientAuthorities,
  findings: Findings,
): ClaimRecord {
  const { header } = transmission;
  const all = [...transmission.shared, ...segments];
  checkSegments(all, findings);
  const code: ClaimCode = isClaimCode(header.code) ? header.code : 'B1';
  const [claims, prescribers, insurances, prices] = [of(all, '07'), of(all, '03'), of(all, '04'), of(all, '11')];
  const claim = (field: string): string => valueOf(claims, field);
  const record: ClaimRecord = {
    type: 'claim',
    code,
    responseStatus: '',
    providerQualifier: header.providerQualifier,
    providerId: findings.required('201-B1', header.providerId, asText, 'a pharmacy id', ''),
    rxNumber: findings.required('402-D2', claim('D2'), normaliseRx, 'a prescription number', ''),
    fillNumber: fillNumber(code, claim('D3'), findings),
    dateOfService: findings.required('401-D1', header.dateOfService.trim(), readDay, 'a day CCYYMMDD', ''),
    dispensingStatus: findings.optional('343-HD', claim('HD'), partial, 'P or C') ?? '',
    bin: header.bin,
    pcn: header.pcn,
    group: valueOf(insurances, 'C1'),
    cardholder: valueOf(insurances, 'C2'),
    otherCoverage: findings.optional('308-C8', claim('C8'), upToTwo, 'a code of at most two digits') ?? 0,
    otherPayers: otherPayers(all),
    adjudicatedAt: null,
    batchCreatedAt: place.batchCreatedAt,
    batchId: place.batchId,
    batchReference: place.batchReference,
    transactionIndex: place.transactionIndex,
    ordinal: place.ordinal,
    ndcText: product(code, claim('D7'), findings),
    productQualifier: claim('E1'),
    quantity: quantityOf(code, claim('E7'), findings),
    unit: claim('28'),
    daysSupply: findings.optional('405-D5', claim('D5'), upToThree, 'a whole number of days'),
    writtenDate: findings.optional('414-DE', claim('DE'), optionalDay, 'a day CCYYMMDD') || null,
    prescriberQualifier: valueOf(prescribers, 'EZ'),
    prescriberId: valueOf(prescribers, 'DB') || null,
    patient: patient(all, authorities, findings),
    compound: false,
    submissionClarification: valuesOf(claims, 'DK'),
    basisOfCost: valueOf(prices, 'DN'),
    amounts: NO_AMOUNTS,
  };
  const ingredients = compoundOf(all, claim('D6'), findings);
  if (ingredients) Object.assign(record, { compound: true, ingredients });
  record.amounts = {
    ingredientCost: money(findings, '409-D9', valueOf(prices, 'D9')),
    dispensingFee: money(findings, '412-DC', valueOf(prices, 'DC')),
    patientPay: money(findings, '433-DX', valueOf(prices, 'DX')),
    totalPaid: null,
  };
  return record;
}

/** One response transaction. A transmission rejected in its header (501-F1 = R) rejects each of them. */
export function mapResponse(
  transmission: Transmission<ResponseHeader>,
  segments: readonly Segment[],
  findings: Findings,
): Answer {
  const { header } = transmission;
  const all = [...transmission.shared, ...segments];
  const [statuses, claims, prices] = [of(all, '21'), of(all, '22'), of(all, '23')];
  const stated = valueOf(statuses, 'AN') || (header.status === 'R' ? 'R' : '');
  return {
    code: isClaimCode(header.code) ? header.code : 'B1',
    responseStatus: findings.required('112-AN', stated, responseStatus, 'one of P A C D R S Q', ''),
    rxNumber: normaliseRx(valueOf(claims, 'D2')),
    amounts: {
      ingredientCost: money(findings, '506-F6', valueOf(prices, 'F6')),
      dispensingFee: money(findings, '507-F7', valueOf(prices, 'F7')),
      patientPay: money(findings, '505-F5', valueOf(prices, 'F5')),
      totalPaid: money(findings, '509-F9', valueOf(prices, 'F9')),
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
  request.amounts = {
    ingredientCost: amounts.ingredientCost ?? request.amounts.ingredientCost,
    dispensingFee: amounts.dispensingFee ?? request.amounts.dispensingFee,
    patientPay: amounts.patientPay ?? request.amounts.patientPay,
    totalPaid: amounts.totalPaid,
  };
}

const asText = (text: string): string => text;
const oneOf =
  (letters: string) =>
  (text: string): string | undefined =>
    text.length === 1 && letters.includes(text) ? text : undefined;
const NO_AMOUNTS: ClaimRecord['amounts'] = {
  ingredientCost: null,
  dispensingFee: null,
  patientPay: null,
  totalPaid: null,
};
const partial = oneOf('PC');
const responseStatus = oneOf('PACDRSQ');
const compoundCode = oneOf('012');
const upToTwo = readWhole(2);
const upToThree = readWhole(3);
/** Zero-filled dates say nothing. */
const optionalDay = (text: string): string | undefined => (/^0+$/.test(text) ? '' : readDay(text));
const money = (findings: Findings, field: string, text: string): string | null =>
  findings.optional(field, text, readMoney, 'money with a signed last digit');

/** A second claim segment would silently be a second claim; fields without a segment belong nowhere. */
function checkSegments(segments: readonly Segment[], findings: Findings): void {
  let claims = 0;
  for (const segment of segments) {
    if (segment.id === '07') claims++;
    if (segment.id === '') findings.note('111-AM', 'a segment does not begin with its identification AMnn', '');
  }
  if (claims > 1) findings.refuse('111-AM', `${claims} claim segments in one transaction`, '');
}

/** 403-D3; a B2 may leave it out (12.16). */
function fillNumber(code: ClaimCode, text: string, findings: Findings): number | null {
  const expected = 'a fill number 0-99';
  if (code === 'B2') return findings.optional('403-D3', text, upToTwo, expected);
  return findings.required('403-D3', text, upToTwo, expected, 0);
}

/** Product, required for what opens a dispense. A text that is no NDC is kept: DRUG_COVERED decides (12.18). */
const product = (code: ClaimCode, text: string, findings: Findings): string | null =>
  (code === 'B2' ? text : findings.required('407-D7', text, asText, 'a product id', '')) || null;

/** Quantity, required as well. */
const quantityOf = (code: ClaimCode, text: string, findings: Findings): string | null =>
  code === 'B2'
    ? findings.optional('442-E7', text, readQuantity, 'a quantity 9(7)v999')
    : findings.required('442-E7', text, positiveQuantity, 'a quantity 9(7)v999 above zero', '');

function positiveQuantity(text: string): string | undefined {
  const quantity = readQuantity(text);
  return quantity === '0.000' ? undefined : quantity;
}

/** BINs that the COB segment names: 340-7C where its qualifier 339-6C says BIN. */
function otherPayers(segments: readonly Segment[]): ClaimRecord['otherPayers'] {
  const payers: ClaimRecord['otherPayers'] = [];
  let qualifier = '';
  for (const { id, value } of fieldsOf(of(segments, '05'))) {
    if (id === '5C') qualifier = '';
    else if (id === '6C') qualifier = value;
    else if (id === '7C' && qualifier === '03' && value !== '') payers.push({ bin: value, pcn: '', group: '' });
  }
  return payers;
}

const SEXES = new Map<string, string>([
  ['0', ''],
  ['1', 'M'],
  ['2', 'F'],
]);

const sexOf = (text: string): string | undefined => SEXES.get(text);

function patient(
  segments: readonly Segment[],
  authorities: PatientAuthorities,
  findings: Findings,
): ClaimRecord['patient'] {
  const own = of(segments, '01');
  const value = (field: string): string => valueOf(own, field);
  return {
    familyName: value('CB') || null,
    givenName: value('CA') || null,
    birthDate: findings.optional('304-C4', value('C4'), optionalDay, 'a day CCYYMMDD') || null,
    sex: findings.optional('305-C5', value('C5'), sexOf, '0, 1 or 2') || null,
    identifier: identifier(value('CX'), value('CY'), authorities),
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
function compoundOf(segments: readonly Segment[], code: string, findings: Findings): ClaimIngredient[] | undefined {
  const stated = findings.optional('406-D6', code, compoundCode, '0, 1 or 2');
  if (stated !== '2') return undefined;
  const ingredients = readIngredients(segments, findings);
  if (ingredients.length === 0) findings.note('489-TE', 'a compound without ingredients', '');
  return ingredients;
}

/** Segment 10: each 488-RE begins an ingredient. */
function readIngredients(segments: readonly Segment[], findings: Findings): ClaimIngredient[] {
  const ingredients: ClaimIngredient[] = [];
  let current: ClaimIngredient | undefined;
  for (const { id, value } of fieldsOf(of(segments, '10'))) {
    if (id === 'RE' || (id === 'TE' && (!current || current.ndcText !== null))) {
      current = { productQualifier: '', ndcText: null, quantity: null, cost: null, basisOfCost: '' };
      ingredients.push(current);
    }
    if (!current) continue;
    if (id === 'RE') current.productQualifier = value;
    else if (id === 'TE') current.ndcText = value || null;
    else if (id === 'ED') current.quantity = findings.optional('448-ED', value, readQuantity, 'a quantity 9(7)v999');
    else if (id === 'EE') current.cost = money(findings, '449-EE', value);
    else if (id === 'UE') current.basisOfCost = value;
  }
  return ingredients;
}
