/**
 * A payload from bytes to units: envelope, pairing of requests with responses of the same file (batch id + reference +
 * transaction position, 12.14), then one unit per transaction. Two passes over the details, so that a response run may
 * stand before or after its request run and only headers are kept in between.
 */
import { HeldPayload } from '../../contract.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { instantOf } from '../../../src/model/calendar.ts';
import type { BatchDetail, BatchRun, EnvelopeFault } from './envelope.ts';
import { readEnvelope, STX } from './envelope.ts';
import { Findings, recordError } from './findings.ts';
import type { Place } from './map.ts';
import { answered, isClaimCode, isOtherCode, mapRequest, mapResponse } from './map.ts';
import type { PatientAuthorities } from './options.ts';
import { readOptions } from './options.ts';
import type { RequestHeader, ResponseHeader, Segment, Transmission } from './parse.ts';
import { kindOf, parseTransmission } from './parse.ts';

interface Located {
  run: BatchRun;
  detail: BatchDetail;
}

/** What every unit of a payload shares. */
interface Reading {
  requests: Map<string, Located>;
  responses: Map<string, Located>;
  authorities: PatientAuthorities;
  createdAt: Map<BatchRun, string | null>;
  acceptTest: boolean;
  ordinal: number;
}

/**
 * Reads a batch file, or bare D.0 requests one a line.
 * @throws HeldPayload when a batch has no header or no trailer, or the file is of another standard.
 */
export function* readPayload(bytes: Uint8Array, context: FormatContext): Generator<Parsed> {
  const text = decode(bytes);
  const { options } = readOptions(context.options);
  const reading: Reading = {
    requests: new Map(),
    responses: new Map(),
    authorities: options.patientIdentifiers,
    createdAt: new Map(),
    acceptTest: options.acceptTest,
    ordinal: 0,
  };
  if (!text.includes(STX)) {
    const foreign = foreignPayload(text);
    if (foreign !== null) throw new HeldPayload('file', 'header', `${foreign}; expected NCPDP D.0 claims`);
    yield* readBare(text, reading);
    return;
  }
  const { runs, faults } = readEnvelope(text);
  for (const run of runs) {
    reading.createdAt.set(run, run.createdAt === null ? null : instantOf(run.createdAt, context.zone));
    for (const detail of run.details) note({ run, detail }, reading);
  }
  for (const run of runs) for (const detail of run.details) yield* readDetail({ run, detail }, reading);
  yield* envelopeErrors(faults);
}

/** One unit per position, because positions are parts of natural keys. */
function* envelopeErrors(faults: readonly EnvelopeFault[]): Generator<Parsed> {
  const units = new Map<string, Parsed>();
  for (const { position, field, message, original } of faults) {
    const unit = units.get(position) ?? { position, records: [], errors: [] };
    unit.errors.push(recordError(field, message, original));
    units.set(position, unit);
  }
  yield* units.values();
}

/** D.0 is ASCII; names beyond it come as UTF-8 or windows-1252. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const keyOf = ({ run, detail }: Located): string => `${run.batchId}\n${detail.reference}`;

/** The first of each reference counts; `readDetail` reports the others. */
function note(located: Located, reading: Reading): void {
  const kind = kindOf(located.detail.body);
  if (typeof kind !== 'string') return;
  const known = kind === 'request' ? reading.requests : reading.responses;
  if (!known.has(keyOf(located))) known.set(keyOf(located), located);
}

function* readDetail(located: Located, reading: Reading): Generator<Parsed> {
  const { run, detail } = located;
  const position = `batch ${run.number} G1 ${detail.ordinal}`;
  const transmission = parseTransmission(detail.body);
  if (!('header' in transmission)) {
    yield { position, records: [], errors: [recordError(transmission.field, transmission.message, detail.body)] };
    return;
  }
  const { header } = transmission;
  const first = (header.kind === 'request' ? reading.requests : reading.responses).get(keyOf(located));
  const skipped = skipCode(located, header.code, first, reading);
  if (skipped) yield { position, records: [], errors: [], ignored: skipped };
  else if (!isClaimCode(header.code))
    yield { position, records: [], errors: [recordError('103-A3', 'unknown transaction code', header.code)] };
  else if (detail.reference === '')
    yield { position, records: [], errors: [recordError('880-K5', 'the reference number is missing', '')] };
  else if (first && first.detail !== detail)
    yield {
      position,
      records: [],
      errors: [recordError('880-K5', 'reference used before in this batch', detail.reference)],
    };
  else {
    yield* countError(position, transmission);
    if (isRequest(transmission)) yield* readRequests(position, located, transmission, reading);
    else if (isResponse(transmission)) yield* readResponses(position, located, transmission, reading);
  }
}

/** Why a well-formed transmission says nothing: another kind of transaction, a test file, the same record again. */
function skipCode(located: Located, code: string, first: Located | undefined, reading: Reading): string {
  if (isOtherCode(code)) return code;
  if (located.run.test && !reading.acceptTest) return 'TEST_FILE';
  if (first && first.detail !== located.detail && first.detail.body === located.detail.body) return 'REPEATED';
  return '';
}

const isRequest = (transmission: Transmission): transmission is Transmission<RequestHeader> =>
  transmission.header.kind === 'request';
const isResponse = (transmission: Transmission): transmission is Transmission<ResponseHeader> =>
  transmission.header.kind === 'response';

/** 109-A9 against what is there. Every transaction found is read. */
function* countError(position: string, transmission: Transmission): Generator<Parsed> {
  const { header } = transmission;
  const found = isResponse(transmission) ? answerSegments(transmission).length : transmission.transactions.length;
  if (header.count === String(found) && found >= 1 && found <= 4) return;
  const message = `the header's transaction count (1-4) does not fit; ${found} transactions found`;
  yield { position, records: [], errors: [recordError('109-A9', message, header.count)] };
}

function* readRequests(
  position: string,
  located: Located,
  transmission: Transmission<RequestHeader>,
  reading: Reading,
): Generator<Parsed> {
  const answers = responseTo(located, reading);
  for (const [at, segments] of transmission.transactions.entries()) {
    const findings = new Findings();
    const place = placeOf(located, at + 1, reading);
    let record = mapRequest(transmission, segments, place, reading.authorities, findings);
    const answer = answers && answerSegments(answers)[at];
    if (answer) record = answered(record, mapResponse(answers, answer, findings), findings);
    const records = findings.rejected ? [] : [record];
    yield { position: `${position} transaction ${at + 1}`, records, errors: findings.errors };
  }
}

function responseTo(located: Located, reading: Reading): Transmission<ResponseHeader> | undefined {
  const found = reading.responses.get(keyOf(located));
  if (!found || (found.run.test && !reading.acceptTest)) return undefined;
  const transmission = parseTransmission(found.detail.body);
  return 'header' in transmission && isResponse(transmission) ? transmission : undefined;
}

/** The segments of each answer; a transmission rejected as a whole answers all that its header counts. */
function answerSegments({ header, transactions }: Transmission<ResponseHeader>): Segment[][] {
  const count = header.status === 'R' && /^[1-4]$/.test(header.count) ? Number(header.count) : 0;
  return Array.from({ length: Math.max(transactions.length, count) }, (_, at) => transactions[at] ?? []);
}

/** Only what no request of this file took; a separate response file yields all of it. */
function* readResponses(
  position: string,
  located: Located,
  transmission: Transmission<ResponseHeader>,
  reading: Reading,
): Generator<Parsed> {
  const request = reading.requests.get(keyOf(located));
  const requested = request && parseTransmission(request.detail.body);
  const taken = requested && 'header' in requested ? requested.transactions.length : 0;
  for (const [at, segments] of answerSegments(transmission).entries()) {
    if (at < taken) continue;
    const findings = new Findings();
    const { batchId, batchReference, transactionIndex, ordinal } = placeOf(located, at + 1, reading);
    const answer = mapResponse(transmission, segments, findings);
    yield {
      position: `${position} transaction ${at + 1}`,
      records: findings.rejected
        ? []
        : [{ type: 'claimResponse', ...answer, batchId, batchReference, transactionIndex, ordinal }],
      errors: findings.errors,
    };
  }
}

const placeOf = ({ run, detail }: Located, transactionIndex: number, reading: Reading): Place => ({
  batchId: run.batchId,
  batchReference: detail.reference,
  batchCreatedAt: reading.createdAt.get(run) ?? null,
  transactionIndex,
  ordinal: ++reading.ordinal,
});

/** Transmissions without a batch around them, one a line. A response names no request then and is rejected. */
function* readBare(text: string, reading: Reading): Generator<Parsed> {
  let found = false;
  for (const [at, line] of text.replaceAll('\u001A', '').split('\n').entries()) {
    const body = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (body.trim() === '') continue;
    found = true;
    yield* readBareLine(`line ${at + 1}`, body, reading);
  }
  if (!found) yield { position: 'file', records: [], errors: [recordError('', 'the payload is empty', '')] };
}

function* readBareLine(position: string, body: string, reading: Reading): Generator<Parsed> {
  const transmission = parseTransmission(body);
  const reject = (field: string, message: string, original: string): Parsed => ({
    position,
    records: [],
    errors: [recordError(field, message, original)],
  });
  if (!('header' in transmission)) yield reject(transmission.field, transmission.message, body);
  else if (isOtherCode(transmission.header.code))
    yield { position, records: [], errors: [], ignored: transmission.header.code };
  else if (!isClaimCode(transmission.header.code))
    yield reject('103-A3', 'unknown transaction code', transmission.header.code);
  else if (!isRequest(transmission)) yield reject('880-K5', 'a response outside of a batch names no request', '');
  else {
    yield* countError(position, transmission);
    for (const [at, segments] of transmission.transactions.entries()) {
      const findings = new Findings();
      const place = { batchId: '', batchReference: '', batchCreatedAt: null, transactionIndex: at + 1 };
      const record = mapRequest(
        transmission,
        segments,
        { ...place, ordinal: ++reading.ordinal },
        reading.authorities,
        findings,
      );
      const records = findings.rejected ? [] : [record];
      yield { position: `${position} transaction ${at + 1}`, records, errors: findings.errors };
    }
  }
}
