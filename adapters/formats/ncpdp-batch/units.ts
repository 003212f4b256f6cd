/** Transmissions as units: one for each transaction, a request together with its answer of the same file (12.14). */
import type { Parsed } from '../../contract.ts';
import { Findings, recordError, reject } from './findings.ts';
import { giveAnswer, isClaimCode, isOtherCode, mapRequest, mapResponse, type Place } from './map.ts';
import type { BatchOptions } from './options.ts';
import {
  isRequest,
  isResponse,
  parseTransmission,
  type RequestHeader,
  type ResponseHeader,
  type Segment,
  type Transmission,
} from './parse.ts';
import type { Remarks } from './remarks.ts';

/** What every unit of a payload shares. */
export interface Reading {
  options: BatchOptions;
  remarks: Remarks;
  /** Transactions so far. */
  ordinal: number;
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
  const transmission = parseTransmission(body);
  if (!('header' in transmission))
    return {
      units: [reject(position, transmission.field, transmission.message, body)],
      transactions: 0,
      settled: false,
    };
  const transactions = transmission.transactions.length;
  const refused = refusal(detail, transmission.header.code, reading);
  if (refused) return { units: [refused], transactions, settled: false };
  if (isRequest(transmission)) {
    const { batchId, createdAt } = detail.run;
    const place = { batchId, batchReference: detail.reference, batchCreatedAt: createdAt };
    const response = responseOf(detail);
    const units = readTransactions(position, transmission, reading, place, response);
    return { units, transactions, settled: response !== undefined && isTaken(response, transactions) };
  }
  const units = isResponse(transmission) ? readResponses(detail, transmission, reading) : [];
  return { units, transactions, settled: false };
}

/** Whether a request of so many transactions takes all that a response says. */
function isTaken(response: Transmission<ResponseHeader>, transactions: number): boolean {
  const { code, count } = response.header;
  const answers = answerSegments(response).length;
  return isClaimCode(code) && answers <= transactions && countErrors('', count, answers).length === 0;
}

/** Transactions of a transmission; 0 when it cannot be read. */
export function countTransactions(body: string): number {
  const transmission = parseTransmission(body);
  return 'header' in transmission ? transmission.transactions.length : 0;
}

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

/** 109-A9 against what is there. Every transaction found is read. */
function countErrors(position: string, stated: string, found: number): Parsed[] {
  if (stated === String(found) && found >= 1 && found <= 4) return [];
  const message = `the header's transaction count (1-4) does not fit; ${found} transactions found`;
  return [{ position, records: [], errors: [recordError('109-A9', message, stated)] }];
}

/** The transactions of a request, each with its answer when there is one. */
export function readTransactions(
  position: string,
  transmission: Transmission<RequestHeader>,
  reading: Reading,
  place: Pick<Place, 'batchId' | 'batchReference' | 'batchCreatedAt'>,
  response?: Transmission<ResponseHeader>,
): Parsed[] {
  const { transactions, header } = transmission;
  const answers = response ? answerSegments(response) : [];
  const units = countErrors(position, header.count, transactions.length);
  for (const [at, segments] of transactions.entries()) {
    const findings = new Findings();
    const at1 = { ...place, transactionIndex: at + 1, ordinal: (reading.ordinal += 1) };
    const record = mapRequest(transmission, segments, at1, reading.options.patientIdentifiers, findings);
    const answer = answers[at];
    if (response && answer) giveAnswer(record, mapResponse(response, answer, findings), findings);
    const records = findings.rejected ? [] : [record];
    units.push({ position: `${position} transaction ${at + 1}`, records, errors: findings.errors });
  }
  return units;
}

function responseOf({ response }: Detail): Transmission<ResponseHeader> | undefined {
  const transmission = response === undefined ? undefined : parseTransmission(response);
  return transmission && 'header' in transmission && isResponse(transmission) ? transmission : undefined;
}

/** The segments of each answer; a transmission rejected as a whole answers all that its header counts. */
function answerSegments({ header, transactions }: Transmission<ResponseHeader>): Segment[][] {
  const count = header.status === 'R' && /^[1-4]$/.test(header.count) ? Number(header.count) : 0;
  if (transactions.length >= count) return transactions;
  return Array.from({ length: count }, (_, at) => transactions[at] ?? []);
}

/** Only what no request of this file took; a separate response file yields all of it. */
function readResponses(detail: Detail, transmission: Transmission<ResponseHeader>, reading: Reading): Parsed[] {
  const { position, run, reference, taken } = detail;
  const answers = answerSegments(transmission);
  const units = countErrors(position, transmission.header.count, answers.length);
  for (const [at, segments] of answers.entries()) {
    if (at < taken) continue;
    const findings = new Findings();
    const place = { batchId: run.batchId, batchReference: reference, transactionIndex: at + 1 };
    const answer = mapResponse(transmission, segments, findings);
    const ordinal = (reading.ordinal += 1);
    units.push({
      position: `${position} transaction ${at + 1}`,
      records: findings.rejected ? [] : [{ type: 'claimResponse', ...answer, ...place, ordinal }],
      errors: findings.errors,
    });
  }
  return units;
}
