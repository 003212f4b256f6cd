/** Staging of claims: each column of the stage holds what the same claims as COPY text would have brought. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { compareFamilyName, compareGivenName } from '../../src/model/names.ts';
import type { ClaimRecord } from '../../src/model/records.ts';
import { type Item, type RawPayload, unitOf } from '../../src/normalize/batch.ts';
import { packClaims } from '../../src/normalize/claims/packed-claims.ts';
import { stageClaims } from '../../src/normalize/claims/write-claims.ts';
import { copyText, copyValue } from '../../src/normalize/copy-text.ts';
import { comparableRxNumber } from '../../src/normalize/rx-number.ts';
import { type World, claim, normalizeWorld, numberedId } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());

const sign = fc.constantFrom('A', '7', 'é', '\u{1F48A}', '\0', '\ud800', '\t', '\n', '\\', '"', ',', '}', ' ');
const text = fc.string({ unit: sign, maxLength: 4 });
const kept = fc.string({ unit: fc.constantFrom('A', 'é', '\\', '"'), maxLength: 3 });
const maybe = fc.option(text);
const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const day = date.map((value) => value.toISOString().slice(0, 10));
const instant = fc.option(date.map((value) => value.toISOString()));
const amount = fc.option(fc.integer({ min: -(10 ** 8), max: 10 ** 8 }).map((cents) => (cents / 100).toFixed(2)));
const small = fc.nat(999_999_999);

const drawn: fc.Arbitrary<ClaimRecord> = fc
  .record({
    code: fc.constantFrom('B1' as const, 'B2' as const, 'B3' as const),
    responseStatus: text,
    providerQualifier: fc.constantFrom('07', '01', ''),
    providerId: kept,
    rxNumber: text,
    fillNumber: fc.option(small),
    dateOfService: day,
    dispensingStatus: text,
    bin: text,
    pcn: text,
    group: text,
    cardholder: text,
    otherCoverage: small,
    otherPayers: fc.array(fc.record({ bin: kept, pcn: kept, group: kept }), { maxLength: 2 }),
    adjudicatedAt: instant,
    batchCreatedAt: instant,
    batchId: text,
    batchReference: text,
    transactionIndex: small,
    ordinal: small,
    ndcText: maybe,
    productQualifier: text,
    quantity: fc.option(fc.nat(10 ** 9).map((thousandths) => (thousandths / 1000).toFixed(3))),
    unit: text,
    daysSupply: fc.option(small),
    writtenDate: fc.option(day),
    prescriberQualifier: text,
    prescriberId: maybe,
    patient: fc.record({
      familyName: maybe,
      givenName: maybe,
      birthDate: fc.option(day),
      sex: maybe,
      identifier: fc.option(fc.record({ authority: text, type: text, value: text })),
    }),
    compound: fc.boolean(),
    submissionClarification: fc.array(text, { maxLength: 2 }),
    basisOfCost: text,
    amounts: fc.record({ ingredientCost: amount, dispensingFee: amount, patientPay: amount, totalPaid: amount }),
  })
  .map((more) => claim(more));

/** The columns of the stage in their order as COPY text, without `id` and `transaction_key`. */
function textLine({ unit, record }: Item<ClaimRecord>, n: number): string {
  const { patient, amounts } = record;
  const npi = record.providerQualifier === '01';
  const before = [
    n,
    1,
    npi ? `NPI:${record.providerId}` : record.providerId,
    npi ? record.providerId : null,
    record.providerQualifier,
    record.providerId,
    record.batchCreatedAt,
    record.batchId,
    record.batchReference,
    record.transactionIndex,
    record.ordinal,
    unit.position,
    compareFamilyName(patient.familyName ?? '') || null,
    compareGivenName(patient.givenName ?? '') || null,
    record.code,
    record.responseStatus,
    comparableRxNumber(record.rxNumber) ?? '',
    record.fillNumber,
    record.dateOfService,
    record.dispensingStatus,
    record.bin,
    record.pcn,
    record.group,
    record.cardholder,
    record.otherCoverage,
  ];
  const after = [
    record.adjudicatedAt,
    record.ndcText,
    record.quantity,
    record.unit,
    record.daysSupply,
    record.writtenDate,
    record.prescriberQualifier,
    record.prescriberId,
    patient.familyName,
    patient.givenName,
    patient.birthDate,
    patient.sex,
    patient.identifier?.authority,
    patient.identifier?.value,
    record.compound,
    record.submissionClarification,
    record.basisOfCost,
    amounts.ingredientCost,
    amounts.dispensingFee,
    amounts.patientPay,
    amounts.totalPaid,
  ];
  const payers = copyText(JSON.stringify(record.otherPayers));
  return `${[...before.map(copyValue), payers, ...after.map(copyValue)].join('\t')}\n`;
}

test('staged claims are what their text would have been', async () => {
  const raw = {
    rawId: numberedId(1),
    sha256: 'ab',
    receivedAt: '2026-03-06T00:00:00.000Z',
    feed: 'files',
  } as RawPayload;
  const records = fc.sample(drawn, { seed: 1213, numRuns: 1_500 });
  const items = records.map((record, n): Item<ClaimRecord> => ({
    unit: unitOf(raw, { name: 'files' } as never, { position: `line ${n}\t\0`, records: [], errors: [] }),
    ordinal: n,
    record,
  }));
  await withTenant(world.database.ingest, tenantId(world.tenantId('north')), async (tx) => {
    const packed = packClaims(items);
    if (!packed) throw new Error('no claims');
    await stageClaims(tx, packed);
    await tx.query('create temporary table by_text on commit drop as select * from claim_stage limit 0');
    await tx.query('alter table by_text drop column id, drop column transaction_key');
    const lines = items.map(textLine);
    await tx.copyIn('copy by_text from stdin', [lines.join('')]);
    await tx.query('create temporary table by_binary on commit drop as select * from claim_stage');
    await tx.query('alter table by_binary drop column id, drop column transaction_key');
    const found = await tx.query<{ n: number }>(
      'select t.n from (select * from by_text) t full join (select * from by_binary) b on t.n = b.n where (t.*) *= (b.*) is not true',
    );
    expect(found).toEqual([]);
    const [ids] = await tx.query<{ keys: number }>(
      `select count(distinct id)::int as ids, count(distinct transaction_key)::int as keys, count(*)::int as claims,
         bool_and(id > before) as ascending
       from (select *, lag(id) over (order by n) as before from claim_stage) s`,
    );
    expect(ids).toMatchObject({ ids: items.length, claims: items.length, ascending: true });
    // Some were drawn twice.
    expect(ids?.keys).toBeGreaterThan(items.length - 10);
  });
});
