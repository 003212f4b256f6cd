/**
 * Writes what `read.ts` reads: a Batch 1.2 request file and its response file, for the simulator and for round-trip tests.
 * A value that the standard cannot carry is an error of the caller, never cut silently.
 */
import type { ClaimRecord } from '../../../src/model/records.ts';
import { ETX, STX } from './notation.ts';
import { FIELD, GROUP, SEGMENT } from './parse.ts';

/** A claim to be written. Claims of one `batchReference` share a transmission, in the order of `transactionIndex` 1-4. */
export type ClaimRequest = Omit<
  ClaimRecord,
  'type' | 'responseStatus' | 'adjudicatedAt' | 'batchCreatedAt' | 'batchId' | 'ordinal'
>;

/** The answer to one transaction; amounts stand beside a P or D only. */
export interface ClaimAnswer {
  code: ClaimRecord['code'];
  batchReference: string;
  transactionIndex: number;
  responseStatus: string;
  providerQualifier: string;
  providerId: string;
  dateOfService: string;
  /** '' = leave the response claim segment out. */
  rxNumber: string;
  /** 511-FB reject codes of an R. */
  rejectCodes?: readonly string[];
  amounts: ClaimRecord['amounts'];
}

/** One batch. */
export interface BatchInput {
  /** 880-K1, at most 24 characters. */
  sender: string;
  /** 880-K7. */
  receiver?: string;
  /** 806-5C, at most 7 characters. */
  batchId: string;
  /** The sender's local clock, `YYYY-MM-DDTHH:mm`. */
  createdAt: string;
  requests: readonly ClaimRequest[];
  responses: readonly ClaimAnswer[];
}

/**
 * The request file and the response file of a batch; written one after the other they are one file with two runs.
 * @throws RangeError naming the field when a value does not fit.
 */
export function writeBatch(input: BatchInput): { requestFile: Uint8Array; responseFile: Uint8Array } {
  return {
    requestFile: writeRun(input, 'T', transmissions(input.requests).map(requestTransmission)),
    responseFile: writeRun(input, 'R', transmissions(input.responses).map(responseTransmission)),
  };
}

interface Placed {
  batchReference: string;
  transactionIndex: number;
}

/** Groups by reference, keeping the order of first appearance. */
function transmissions<T extends Placed>(transactions: readonly T[]): T[][] {
  const byReference = new Map<string, T[]>();
  for (const transaction of transactions) {
    const group = byReference.get(transaction.batchReference) ?? [];
    group.push(transaction);
    byReference.set(transaction.batchReference, group);
  }
  const groups = [...byReference.values()];
  for (const group of groups) {
    group.sort((a, b) => a.transactionIndex - b.transactionIndex);
    const gapless = group.every((transaction, at) => transaction.transactionIndex === at + 1);
    if (!gapless || group.length > 4) throw new RangeError('transactionIndex: 1 to at most 4 without gaps');
  }
  return groups;
}

function writeRun(input: BatchInput, type: 'T' | 'R', details: readonly string[][]): Uint8Array {
  const [day = '', time = ''] = input.createdAt.split('T');
  const batchId = fixed('806-5C', input.batchId, 7);
  const header = [
    `00${type}`,
    fixed('880-K1', input.sender, 24),
    batchId,
    fixed('880-K2', day.replaceAll('-', ''), 8),
    fixed('880-K3', time.slice(0, 5).replace(':', ''), 4),
    'P12',
    fixed('880-K7', input.receiver ?? '', 24),
  ].join('');
  const body = details.map(([reference = '', text = '']) => `G1${fixed('880-K5', reference, 10)}${text}`);
  const trailer = `99${batchId}${String(body.length + 2).padStart(10, '0')}${' '.repeat(35)}`;
  const records = [header, ...body, trailer].map((record) => `${STX}${record}${ETX}`);
  return new TextEncoder().encode(records.join(''));
}

function requestTransmission(claims: readonly ClaimRequest[]): string[] {
  const [first] = claims;
  if (!first) return [];
  const header = [
    fixed('101-A1', first.bin, 6),
    `D0${first.code}`,
    fixed('104-A4', first.pcn, 10),
    String(claims.length),
    fixed('202-B2', first.providerQualifier, 2),
    fixed('201-B1', first.providerId, 15),
    first.dateOfService.replaceAll('-', ''),
    fixed('110-AK', 'THRUSIM', 10),
  ].join('');
  const { patient } = first;
  const shared = [
    segment('01', [
      ['CX', patient.identifier?.type === 'MR' ? 'EA' : (patient.identifier?.type ?? '')],
      ['CY', patient.identifier?.value ?? ''],
      ['C4', day(patient.birthDate)],
      ['C5', { M: '1', F: '2' }[patient.sex ?? ''] ?? ''],
      ['CA', patient.givenName ?? ''],
      ['CB', patient.familyName ?? ''],
    ]),
    segment('04', [
      ['C2', first.cardholder],
      ['C1', first.group],
    ]),
  ].join('');
  return [first.batchReference, header + shared + claims.map((claim) => GROUP + claimSegments(claim)).join('')];
}

function claimSegments(claim: ClaimRequest): string {
  const clarifications = claim.submissionClarification;
  return [
    segment('07', [
      ['EM', '1'],
      ['D2', claim.rxNumber],
      ['E1', claim.productQualifier],
      ['D7', claim.ndcText ?? ''],
      ['E7', claim.quantity === null ? '' : quantity(claim.quantity)],
      ['D3', claim.fillNumber === null ? '' : String(claim.fillNumber).padStart(2, '0')],
      ['D5', claim.daysSupply === null ? '' : String(claim.daysSupply)],
      ['D6', claim.compound ? '2' : '1'],
      ['DE', day(claim.writtenDate)],
      ['NX', clarifications.length === 0 ? '' : String(clarifications.length)],
      ...clarifications.map((code): [string, string] => ['DK', code]),
      ['C8', claim.otherCoverage === 0 ? '' : String(claim.otherCoverage).padStart(2, '0')],
      ['28', claim.unit],
      ['HD', claim.dispensingStatus],
    ]),
    segment('11', [
      ['D9', money(claim.amounts.ingredientCost)],
      ['DC', money(claim.amounts.dispensingFee)],
      ['DX', money(claim.amounts.patientPay)],
      ['DN', claim.basisOfCost],
    ]),
    segment('03', [
      ['EZ', claim.prescriberQualifier],
      ['DB', claim.prescriberId ?? ''],
    ]),
    segment(
      '05',
      claim.otherPayers.flatMap((payer): [string, string][] => [
        ['6C', '03'],
        ['7C', payer.bin],
      ]),
    ),
    segment(
      '10',
      (claim.ingredients ?? []).flatMap((part): [string, string][] => [
        ['RE', part.productQualifier],
        ['TE', part.ndcText ?? ''],
        ['ED', part.quantity === null ? '' : quantity(part.quantity)],
        ['EE', money(part.cost)],
        ['UE', part.basisOfCost],
      ]),
    ),
  ].join('');
}

function responseTransmission(answers: readonly ClaimAnswer[]): string[] {
  const [first] = answers;
  if (!first) return [];
  const header = [
    `D0${first.code}${answers.length}A`,
    fixed('202-B2', first.providerQualifier, 2),
    fixed('201-B1', first.providerId, 15),
    first.dateOfService.replaceAll('-', ''),
  ].join('');
  return [first.batchReference, header + answers.map((answer) => GROUP + answerSegments(answer)).join('')];
}

function answerSegments(answer: ClaimAnswer): string {
  const rejects = answer.rejectCodes ?? [];
  return [
    segment('21', [
      ['AN', answer.responseStatus],
      ['FA', rejects.length === 0 ? '' : String(rejects.length)],
      ...rejects.map((code): [string, string] => ['FB', code]),
    ]),
    answer.rxNumber === ''
      ? ''
      : segment('22', [
          ['EM', '1'],
          ['D2', answer.rxNumber],
        ]),
    segment('23', [
      ['F5', money(answer.amounts.patientPay)],
      ['F6', money(answer.amounts.ingredientCost)],
      ['F7', money(answer.amounts.dispensingFee)],
      ['F9', money(answer.amounts.totalPaid)],
    ]),
  ].join('');
}

/** A segment with its stated fields; none when nothing is stated. */
function segment(id: string, fields: readonly [string, string][]): string {
  const stated = fields.filter(([, value]) => value !== '');
  if (stated.length === 0) return '';
  return `${SEGMENT}${FIELD}AM${id}${stated.map(([name, value]) => `${FIELD}${name}${clean(name, value)}`).join('')}`;
}

/** A separator inside a value would tear the transmission apart. */
function clean(field: string, value: string): string {
  for (let at = 0; at < value.length; at++)
    if (value.charCodeAt(at) < 0x20) throw new RangeError(`${field}: control characters cannot be written`);
  return value;
}

function fixed(field: string, value: string, width: number): string {
  if (value.length > width) throw new RangeError(`${field}: longer than ${width} characters`);
  return clean(field, value).padEnd(width);
}

const day = (date: string | null): string => date?.replaceAll('-', '') ?? '';

function quantity(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  if (!/^\d{1,7}$/.test(whole) || fraction.length !== 3) throw new RangeError('quantity: does not fit 9(7)v999');
  return (whole + fraction).padStart(10, '0');
}

/** Signed overpunch, eight positions. */
function money(amount: string | null): string {
  if (amount === null) return '';
  const match = /^(-?)(\d+)\.(\d{2})$/.exec(amount);
  if (!match) throw new RangeError('money: two decimals expected');
  const [, sign = '', whole = '', cents = ''] = match;
  const number = (whole + cents).padStart(8, '0');
  const last = Number(number.slice(-1));
  return number.slice(0, -1) + (sign === '-' ? '}JKLMNOPQR' : '{ABCDEFGHI').charAt(last);
}
