/**
 * An NCPDP batch in pieces: its answers stand far behind their requests, in another portion of the file, and yet each request
 * is stored with its own. What the file does that costs nothing is an error for people and rejects nothing.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { format } from '../../adapters/formats/ncpdp-batch/index.ts';
import { type ClaimAnswer, type ClaimRequest, writeBatch } from '../../adapters/formats/ncpdp-batch/write.ts';
import { tenantId } from '../../src/db/tenant.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { normalizeWorld, type World } from './normalize-world.ts';

/** More than a portion. */
const REQUESTS = 12_000;
const RECEIVED = '2026-03-10T12:00:00.000Z';

const shared = (number: number) =>
  ({
    code: 'B1',
    batchReference: String(number).padStart(10, '0'),
    transactionIndex: 1,
    providerQualifier: '07',
    providerId: '1234567',
    dateOfService: '2026-03-02',
    rxNumber: String(100_000 + number),
  }) as const;
const request = (number: number): ClaimRequest => ({
  ...shared(number),
  bin: '990001',
  pcn: 'PCN',
  group: '',
  cardholder: `MEMBER${number}`,
  patient: { familyName: 'SAMPLEWOOD', givenName: 'AVERY', birthDate: '1975-04-09', sex: 'F', identifier: null },
  fillNumber: 0,
  dispensingStatus: '',
  otherCoverage: 0,
  otherPayers: [],
  ndcText: '00093505601',
  productQualifier: '03',
  quantity: '30.000',
  unit: 'EA',
  daysSupply: 30,
  writtenDate: '2026-03-01',
  prescriberQualifier: '01',
  prescriberId: '1234567893',
  submissionClarification: [],
  basisOfCost: '01',
  compound: false,
  amounts: { ingredientCost: '35.97', dispensingFee: '1.50', patientPay: null, totalPaid: null },
});
const answer = (number: number): ClaimAnswer => ({
  ...shared(number),
  responseStatus: 'P',
  amounts: { ingredientCost: null, dispensingFee: null, patientPay: '5.00', totalPaid: `${number}.25` },
});
const numbers = Array.from({ length: REQUESTS }, (_, at) => at + 1);

function fileOf(): Buffer {
  const { requestFile, responseFile } = writeBatch({
    sender: 'PHARMACY',
    batchId: '0000007',
    createdAt: '2026-03-09T23:30',
    requests: numbers.map(request),
    responses: numbers.map(answer).toReversed(),
  });
  const text = Buffer.concat([requestFile, responseFile]).toString('latin1');
  return Buffer.from(`${text.replaceAll('\u0003', '\u0003\r\n')}\u001A`, 'latin1');
}

let world: World;
beforeAll(async () => {
  world = await normalizeWorld([format]);
  await world.declare('north', { name: 'batches', format: 'ncpdp-batch', options: {} });
});
afterAll(() => world.close());

test('requests and answers meet over pieces and portions; remarks reject nothing', async () => {
  const file = fileOf();
  const north = tenantId(world.tenantId('north'));
  const receiver = createReceiver(world.database.ingest, { clock: () => new Date(RECEIVED) });
  async function* content(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(file);
  }
  await receiver.receiveFile(north, 'batches', { name: 'day.ncpdp', content: content() });
  const [stored] = await world.rows<{ pieces: number }>('select count(*)::int as pieces from raw_chunk');
  expect(stored?.pieces).toBeGreaterThan(3);
  while ((await normalizeStage.run(world.context('north'))) > 0);

  expect(await world.rows('select state, records, accepted, rejected, duplicate, ignored from raw_state')).toEqual([
    { state: 'DONE', records: REQUESTS + 1, accepted: REQUESTS, rejected: 0, duplicate: 0, ignored: 1 },
  ]);
  const [paired] = await world.rows(
    `select count(*)::int as claims, count(distinct rx_number)::int as prescriptions,
       (count(*) filter (where response_status = 'P' and patient_pay = 5 and total_paid = rx_number::numeric - 100000 + 0.25))::int as paid
     from claim_transaction`,
  );
  expect(paired).toEqual({ claims: REQUESTS, prescriptions: REQUESTS, paid: REQUESTS });
  expect(await world.rows('select position, field, accepted from record_error order by ordinal')).toEqual([
    { position: 'file', field: 'line breaks', accepted: true },
    { position: 'file', field: 'end of file', accepted: true },
  ]);
});
