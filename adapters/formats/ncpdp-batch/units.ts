/** Transmissions as units: one for each transaction, a request together with its answer of the same file (12.14). */
import type { Parsed } from '../../contract.ts';
import { Findings, recordError, reject } from './findings.ts';
import { giveAnswer, isClaimCode, isOtherCode, type Mapper, mapRequest, mapResponse, type Place } from './map.ts';
import type { BatchOptions } from './options.ts';
import { Transmission } from './parse.ts';
import type { Remarks } from './remarks.ts';
import { newSlots } from './slots.ts';

/** What every unit of a payload shares. */
export class Reading {
  readonly options: BatchOptions;
  readonly remarks: Remarks;
  readonly mapper: Mapper;
  /** Transactions so far. */
  ordinal = 0;
  /** The transmission that is read, and the response to it. */
  readonly transmission = new Transmission();
  readonly response = new Transmission();

  constructor(options: BatchOptions, remarks: Remarks) {
    this.options = options;
    this.remarks = remarks;
    this.mapper = { slots: newSlots(), authorities: options.patientIdentifiers };
  }
}

/** A run as its units need it. */
export interface Run {
  number: number;
  batchId: string;
  test: boolean;
  /** Instant, null = not stated. */
  createdAt: string | null;
}

/** A detail with what it needs from elsewhere in the file. */
export interface Detail {
  position: string;
  run: Run;
  /** 880-K5. */
  reference: string;
  body: string;
  /** The transmission that used this reference before; undefined = none did. */
  before: string | undefined;
  /** The response to a request; undefined = not in this file, or not to be read. */
  response: string | undefined;
  /** How many transactions of a response its request in this file takes. */
  taken: number;
}

/** What became of a detail. */
export interface DetailRead {
  units: Parsed[];
  /** Transactions of a transmission that could be read. */
  transactions: number;
  /** The response to a request says nothing beyond what the request's units took. */
  settled: boolean;
}

export function readDetail(detail: Detail, reading: Reading): DetailRead {
  const { position, body } = detail;
  const { transmission } = reading;
  const fault = transmission.read(body);
  if (fault) return { units: [reject(position, fault.field, fault.message, body)], transactions: 0, settled: false };
  const { transactions } = transmission;
  const refused = refusal(detail, transmission.code, reading);
  if (refused) return { units: [refused], transactions, settled: false };
  if (transmission.kind === 'response')
    return { units: readResponses(detail, transmission, reading), transactions, settled: false };
  const { batchId, createdAt } = detail.run;
  const place = { batchId, batchReference: detail.reference, batchCreatedAt: createdAt };
  const response = responseOf(detail, reading);
  const units = readTransactions(position, transmission, reading, place, response);
  return { units, transactions, settled: response !== undefined && isTaken(response, transactions) };
}

/** Whether a request of so many transactions takes all that a response says. */
function isTaken(response: Transmission, transactions: number): boolean {
  const answers = answersOf(response);
  return isClaimCode(response.code) && answers <= transactions && isCount(response.stated, answers);
}

/** Transactions of a transmission; 0 when it cannot be read. */
export const countTransactions = (body: string, { response }: Reading): number =>
  response.read(body) ? 0 : response.transactions;

/** Why nothing of a transmission that can be read is taken; undefined = it is. */
function refusal(detail: Detail, code: string, reading: Reading): Parsed | undefined {
  const { position, reference, before } = detail;
  const skipped = skipCode(detail, code, reading);
  if (skipped !== '') return { position, records: [], errors: [], ignored: skipped };
  if (!isClaimCode(code)) return reject(position, '103-A3', 'unknown transaction code', code);
  if (reference === '') return reject(position, '880-K5', 'the reference number is missing', '');
  return before === undefined
    ? undefined
    : reject(position, '880-K5', 'reference used before in this batch', reference);
}

/** Why a well-formed transmission says nothing: another kind of transaction, a test file, the same record again. */
function skipCode({ run, before, body }: Detail, code: string, { options }: Reading): string {
  if (isOtherCode(code)) return code;
  if (run.test && !options.acceptTest) return 'TEST_FILE';
  return before === body ? 'REPEATED' : '';
}

/** 109-A9 against what is there. */
const isCount = (stated: string, found: number): boolean =>
  found >= 1 && found <= 4 && stated.length === 1 && stated.charCodeAt(0) === DIGIT_0 + found;

const DIGIT_0 = 48;

/** What is wrong with it. Every transaction found is read. */
function countErrors(position: string, stated: string, found: number): Parsed[] {
  if (isCount(stated, found)) return [];
  const message = `the header's transaction count (1-4) does not fit; ${found} transactions found`;
  return [{ position, records: [], errors: [recordError('109-A9', message, stated)] }];
}

/** The transactions of a request, each with its answer when there is one. */
export function readTransactions(
  position: string,
  transmission: Transmission,
  reading: Reading,
  { batchId, batchReference, batchCreatedAt }: Pick<Place, 'batchId' | 'batchReference' | 'batchCreatedAt'>,
  response?: Transmission,
): Parsed[] {
  const { transactions } = transmission;
  const { mapper } = reading;
  const answers = response ? answersOf(response) : 0;
  const units = countErrors(position, transmission.stated, transactions);
  for (let at = 0; at < transactions; at += 1) {
    const findings = new Findings(transmission, at);
    const ordinal = (reading.ordinal += 1);
    const place = { batchId, batchReference, batchCreatedAt, transactionIndex: at + 1, ordinal };
    const record = mapRequest(transmission, at, place, mapper, findings);
    if (response && at < answers) {
      findings.goTo(response, at);
      giveAnswer(record, mapResponse(response, mapper, findings), findings);
    }
    const records = findings.rejected ? [] : [record];
    units.push({ position: `${position} transaction ${at + 1}`, records, errors: findings.errors });
  }
  return units;
}

function responseOf({ response }: Detail, reading: Reading): Transmission | undefined {
  if (response === undefined || reading.response.read(response)) return undefined;
  return reading.response.kind === 'response' ? reading.response : undefined;
}

/** How many answers a response has: a transmission rejected as a whole answers all that its header counts. */
function answersOf({ status, stated, transactions }: Transmission): number {
  return status === 'R' && /^[1-4]$/.test(stated) ? Math.max(transactions, Number(stated)) : transactions;
}

/** Only what no request of this file took; a separate response file yields all of it. */
function readResponses(detail: Detail, transmission: Transmission, reading: Reading): Parsed[] {
  const { position, run, reference, taken } = detail;
  const answers = answersOf(transmission);
  const units = countErrors(position, transmission.stated, answers);
  for (let at = taken; at < answers; at += 1) {
    const findings = new Findings(transmission, at);
    const place = { batchId: run.batchId, batchReference: reference, transactionIndex: at + 1 };
    const answer = mapResponse(transmission, reading.mapper, findings);
    const ordinal = (reading.ordinal += 1);
    units.push({
      position: `${position} transaction ${at + 1}`,
      records: findings.rejected ? [] : [{ type: 'claimResponse', ...answer, ...place, ordinal }],
      errors: findings.errors,
    });
  }
  return units;
}
