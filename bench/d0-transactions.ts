/** D.0 transactions of any number: as a batch file, and as the rows that a bare COPY of the same values would store. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { type ClaimAnswer, type ClaimRequest, writeBatch } from '../adapters/formats/ncpdp-batch/write.ts';
import { addDays } from '../src/model/calendar.ts';

/** Transactions of one run. */
const RUN = 10_000;
/** The first two of so many share a transmission. */
const PAIR_EVERY = 10;
/** Fills of a prescription, as in the extract of `claims-file`. */
const FILLS = 3;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
/** Spreads numbers out, so that patients and prescribers do not come in order. */
const scattered = (value: number): number => Math.imul(value, 2_654_435_761) >>> 0;
const cents = (value: number): string => (value / 100).toFixed(2);

/** A transaction and its answer. */
interface Transaction {
  request: ClaimRequest;
  answer: ClaimAnswer;
}

/** Transaction `index`: of fifty one is a reversal, of thirty one is rejected. */
function transaction(index: number): Transaction {
  const paired = index % PAIR_EVERY === 1;
  // What transactions of one transmission share comes from the first.
  const first = paired ? index - 1 : index;
  const code = index % 50 === 49 ? 'B2' : 'B1';
  const status = code === 'B2' ? 'A' : index % 30 === 7 ? 'R' : 'P';
  const patient = scattered(Math.floor(first / FILLS)) % 50_021;
  const written = addDays('2025-06-01', first % 180);
  const placed = { code, batchReference: pad(first + 1, 10), transactionIndex: paired ? 2 : 1 } as const;
  const provider = { providerQualifier: '07', providerId: pad(5_100_001 + (first % 40), 7) };
  const dateOfService = addDays(written, 2 + (first % FILLS) * 30);
  const rxNumber = String(1_000_000 + Math.floor(index / FILLS));
  const cost = cents(30 * (1 + (index % 3)) * (1 + (index % 97)) * 13);
  const amounts = { ingredientCost: cost, dispensingFee: '1.50', patientPay: '5.00', totalPaid: null };
  const request: ClaimRequest = {
    ...placed,
    ...provider,
    dateOfService,
    bin: pad(610_001 + (first % 20), 6),
    pcn: `PCN${first % 7}`,
    group: `GRP${first % 31}`,
    cardholder: `C${pad(patient, 9)}`,
    patient: {
      familyName: `FAMILY${pad(patient, 6)}`,
      givenName: 'GIVEN',
      birthDate: addDays('1950-01-01', patient % 20_000),
      sex: patient % 2 === 0 ? 'F' : 'M',
      identifier: { authority: '', type: 'MR', value: `P${pad(patient, 7)}` },
    },
    rxNumber,
    fillNumber: index % FILLS,
    dispensingStatus: '',
    otherCoverage: 0,
    otherPayers: [],
    ndcText: `${pad(10_000 + (index % 41), 5)}${pad(1 + (index % 997), 4)}01`,
    productQualifier: '03',
    quantity: `${30 * (1 + (index % 3))}.000`,
    unit: 'EA',
    daysSupply: 30,
    writtenDate: written,
    prescriberQualifier: '01',
    prescriberId: pad(1_700_000_000 + (scattered(index) % 400), 10),
    submissionClarification: index % 11 === 0 ? ['20'] : [],
    basisOfCost: index % 11 === 0 ? '08' : '01',
    compound: false,
    amounts,
  };
  const nothing = { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: null };
  const answer: ClaimAnswer = {
    ...placed,
    ...provider,
    dateOfService,
    rxNumber,
    responseStatus: status,
    ...(status === 'R' ? { rejectCodes: ['75'] } : {}),
    amounts: status === 'P' ? { ...amounts, totalPaid: cost } : nothing,
  };
  return { request, answer };
}

const transactions = (from: number, to: number): Transaction[] =>
  Array.from({ length: to - from }, (_, at) => transaction(from + at));

/** Columns of a row: every value that the two transmissions carry. */
export const COLUMNS = [
  'batch_no, reference, position_no, bin, code, pcn, provider_qualifier, provider_id, service_date, patient_qualifier, patient_id',
  'birth_date, sex, first_name, last_name, cardholder, payer_group, rx_no, product_qualifier, ndc, quantity, fill_no, days_supply',
  'compound, written_date, clarifications, unit, ingredient_cost, dispensing_fee, patient_paid, basis, prescriber_qualifier',
  'prescriber_id, status, reject_code, paid_by_patient, ingredient_paid, fee_paid, total_paid',
].join(', ');

function row({ request, answer }: Transaction, batchId: string): string {
  const { patient, amounts } = request;
  return [
    batchId,
    request.batchReference,
    request.transactionIndex,
    request.bin,
    request.code,
    request.pcn,
    request.providerQualifier,
    request.providerId,
    request.dateOfService,
    'EA',
    patient.identifier?.value,
    patient.birthDate,
    patient.sex,
    patient.givenName,
    patient.familyName,
    request.cardholder,
    request.group,
    request.rxNumber,
    request.productQualifier,
    request.ndcText,
    request.quantity,
    request.fillNumber,
    request.daysSupply,
    '1',
    request.writtenDate,
    request.submissionClarification.join(','),
    request.unit,
    amounts.ingredientCost,
    amounts.dispensingFee,
    amounts.patientPay,
    request.basisOfCost,
    request.prescriberQualifier,
    request.prescriberId,
    answer.responseStatus,
    answer.rejectCodes?.[0],
    answer.amounts.patientPay,
    answer.amounts.ingredientCost,
    answer.amounts.dispensingFee,
    answer.amounts.totalPaid,
  ].join('|');
}

async function put(file: WriteStream, bytes: Uint8Array | string): Promise<void> {
  if (!file.write(bytes)) await once(file, 'drain');
}

/** Writes a file with runs of requests, then the runs of all their responses; and the rows of the same transactions. */
export async function writeTransactions(batchPath: string, rowsPath: string, count: number): Promise<void> {
  const [batch, rows] = [createWriteStream(batchPath), createWriteStream(rowsPath)];
  for (const part of ['requestFile', 'responseFile'] as const)
    for (let from = 0; from < count; from += RUN) {
      const some = transactions(from, Math.min(count, from + RUN));
      const batchId = pad(from / RUN + 1, 7);
      const requests = some.map(({ request }) => request);
      const responses = some.map(({ answer }) => answer);
      const envelope = { sender: 'BENCH', receiver: 'THROUGHLINE', batchId, createdAt: '2026-03-02T10:00' };
      await put(batch, writeBatch({ ...envelope, requests, responses })[part]);
      if (part === 'requestFile') await put(rows, some.map((one) => `${row(one, batchId)}\n`).join(''));
    }
  for (const file of [batch, rows]) {
    file.end();
    await once(file, 'close');
  }
}
