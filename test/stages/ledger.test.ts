/** Accumulate, reconcile and allocate on real PostgreSQL: laws hold, corrections compensate, order of arrival does not matter. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accumulateStage } from '../../src/accumulate/accumulate.ts';
import { checkLaws } from '../../src/audit/laws.ts';
import { newId } from '../../src/db/ids.ts';
import type { Stage, StageContext, Tenant } from '../../src/db/stage.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { allocateStage } from '../../src/reconcile/allocate.ts';
import { reconcileStage } from '../../src/reconcile/reconcile.ts';
import { drain } from '../../src/worker.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const NDC = '00093104801';
const NOW = '2026-03-31T12:00:00.000Z';
const STAGES: Stage[] = [accumulateStage, reconcileStage, allocateStage];
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await database.ingest.query(
    `insert into drug_package (id, ndc11, package_ndc, product_ndc, description, package_size, unit, known_from, ordinal, raw_id, position)
     values ($1, $2, '0093-1048-01', '000931048', '100 TABLET', 100, 'EA', $3, 0, $1, 'line 2'), ($4, '00093104805', '0093-1048-05', '000931048', '500 TABLET', 500, 'EA', $3, 1, $1, 'line 3')`,
    [newId(), NDC, NOW, newId()],
  );
});
afterAll(() => database.close());

let worlds = 0;

/** A fresh tenant with an account of each type at one pharmacy. */
async function world(): Promise<{ context: StageContext; tenant: Tenant }> {
  const tenant: Tenant = { id: tenantId(newId()), name: `t${(worlds += 1)}`, zone: 'America/Chicago' };
  await database.ingest.query('insert into tenant (id, name, title, zone) values ($1, $2, $2, $3)', [
    tenant.id,
    tenant.name,
    tenant.zone,
  ]);
  await withTenant(database.ingest, tenant.id, async (tx) => {
    for (const [index, type] of ['340B', 'WAC', 'GPO'].entries())
      await tx.query(
        `insert into wholesaler_account (tenant_id, id, wholesaler, account_number, account_type, entity, ncpdp, hin, dea, known_from, raw_id, position, ordinal)
         values ($1, $2, 'w', $3, $3, 'DSH1', '1234567', '', '', $4, $2, 'line 2', $5)`,
        [tenant.id, newId(), type, NOW, index],
      );
  });
  return {
    tenant,
    context: { db: database.ingest, tenant, tenants: [tenant], clock: () => new Date(NOW), formats: new Map() },
  };
}

interface DispenseSpec {
  rx: string;
  date: string;
  quantity: string;
  bucket?: string | null;
  state?: string;
  ndc?: string;
}

/** Puts a decided dispense there, as the decide stage would: answer and ledger mark in one transaction. */
async function dispense(tenant: Tenant, spec: DispenseSpec): Promise<string> {
  const bucket = spec.bucket === undefined ? '340B' : spec.bucket;
  return withTenant(database.ingest, tenant.id, async (tx) => {
    const [row] = await tx.query<{ id: string }>(
      `insert into dispense (tenant_id, id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status, state, ever_paid, ndc11, quantity, unit, bin, pcn, payer_group, plan_type,
         first_received_at, entity, status, bucket, orderable, raw_id, position)
       values ($1, $2, '1234567', $3, 0, $4, '', $5, true, $6, $7, 'EA', '', '', '', 'CASH', $8, 'DSH1', $9, $10, true, $2, 'line 1')
       on conflict (tenant_id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status) do update set state = excluded.state, quantity = excluded.quantity, bucket = excluded.bucket, status = excluded.status
       returning id`,
      [
        tenant.id,
        newId(),
        spec.rx,
        spec.date,
        spec.state ?? 'OPEN',
        spec.ndc ?? NDC,
        spec.quantity,
        NOW,
        bucket === null ? 'PENDING' : 'ELIGIBLE',
        bucket,
      ],
    );
    for (const marked of ['340B', 'WAC', 'GPO'])
      await tx.query(
        `insert into accumulator_work (tenant_id, entity, ncpdp, ndc11, bucket, cause) values ($1, 'DSH1', '1234567', $2, $3, 'TEST') on conflict (tenant_id, entity, ncpdp, ndc11, bucket) do update set cause = excluded.cause`,
        [tenant.id, spec.ndc ?? NDC, marked],
      );
    await tx.query(
      'insert into raw_state (tenant_id, raw_id, month, feed, received_at, state) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
      [tenant.id, row?.id, '2026-03-01', 'test', NOW, 'DONE'],
    );
    return row?.id ?? '';
  });
}

interface InvoiceSpec {
  number: string;
  date: string;
  packages: string;
  account?: string;
  kind?: string;
  original?: string;
  total?: string;
  ndc?: string;
  createdAt?: string;
  price?: string;
}

/** Stores one more version of an invoice number, as the normalize stage would. */
async function invoice(tenant: Tenant, spec: InvoiceSpec): Promise<void> {
  const account = spec.account ?? '340B';
  await withTenant(database.ingest, tenant.id, async (tx) => {
    const id = newId();
    const lines = [
      {
        lineNumber: '1',
        ndcText: spec.ndc ?? NDC,
        packages: spec.packages,
        unitPrice: spec.price ?? '10.00',
        position: 'ST 1/IT1 1',
      },
    ];
    await tx.query(
      `insert into invoice (tenant_id, id, wholesaler, account_number, invoice_number, kind, invoice_date, original_invoice, purchase_order, total, allowances, charges, tax, created_at, feed, received_at,
         content_hash, lines, current, raw_id, position)
       values ($1, $2, 'w', $3, $4, $5, $6, $7, '', $8, 0, 0, 0, $9, 'f', $9, $10, $11::text::jsonb, true, $2, 'ST 1')`,
      [
        tenant.id,
        id,
        account,
        spec.number,
        spec.kind ?? 'INVOICE',
        spec.date,
        spec.original ?? '',
        spec.total ?? null,
        spec.createdAt ?? NOW,
        id,
        JSON.stringify(lines),
      ],
    );
    await tx.query(
      `update invoice i set current = i.id = (select n.id from invoice n where n.tenant_id = $1 and n.wholesaler = 'w' and n.account_number = $2 and n.invoice_number = $3 order by n.created_at desc limit 1)
       where i.tenant_id = $1 and i.wholesaler = 'w' and i.account_number = $2 and i.invoice_number = $3`,
      [tenant.id, account, spec.number],
    );
    await tx.query(
      `insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause) values ($1, 'w', $2, $3, 'TEST') on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause`,
      [tenant.id, account, spec.number],
    );
    await tx.query(
      'insert into raw_state (tenant_id, raw_id, month, feed, received_at, state) values ($1, $2, $3, $4, $5, $6)',
      [tenant.id, id, '2026-03-01', 'test', NOW, 'DONE'],
    );
  });
}

const rows = <T>(tenant: Tenant, text: string): Promise<readonly T[]> =>
  withTenant(database.ingest, tenant.id, (tx) => tx.query<T>(text, [tenant.id]));

async function settle(context: StageContext): Promise<void> {
  await drain(STAGES, context);
  const laws = await withTenant(database.ingest, context.tenant.id, (tx) => checkLaws(tx, context.tenant));
  expect(laws.flatMap((law) => law.breaches.map((breach) => `${law.law}: ${breach}`))).toEqual([]);
}

const balances = (tenant: Tenant) =>
  rows<{ line: string }>(
    tenant,
    `select concat_ws(' ', ndc11, bucket, dispensed, available, replenished) as line from accumulator_balance where tenant_id = $1 and (dispensed, available, replenished) <> (0, 0, 0) order by 1`,
  ).then((all) => all.map((row) => row.line));
const shares = (tenant: Tenant) =>
  rows<{ line: string }>(
    tenant,
    `select concat_ws(' ', d.rx_number, i.invoice_number, a.quantity) as line from allocation a join dispense d on d.tenant_id = $1 and d.id = a.dispense_id
     join invoice_line l on l.tenant_id = $1 and l.id = a.invoice_line_id join invoice i on i.tenant_id = $1 and i.id = l.invoice_id where a.tenant_id = $1 and a.superseded_at is null order by 1`,
  ).then((all) => all.map((row) => row.line));
const causes = (tenant: Tenant) =>
  rows<{ line: string }>(
    tenant,
    `select concat_ws(' ', code, subject, dollars) as line from exception_cause where tenant_id = $1 order by 1`,
  ).then((all) => all.map((row) => row.line));

test('dispenses accrue, an invoice repays them first in first out, a reversal gives back', async () => {
  const { tenant, context } = await world();
  await dispense(tenant, { rx: '2', date: '2026-03-02', quantity: '60' });
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '60' });
  await invoice(tenant, { number: 'I1', date: '2026-03-10', packages: '1' });
  await settle(context);
  expect(await balances(tenant)).toEqual([`${NDC} 340B -120.000 20.000 100.000`]);
  expect(await shares(tenant)).toEqual(['1 I1 40.000', '2 I1 60.000']);
  await dispense(tenant, { rx: '2', date: '2026-03-02', quantity: '60', bucket: null, state: 'REVERSED' });
  await settle(context);
  expect(await balances(tenant)).toEqual([`${NDC} 340B -60.000 -40.000 100.000`]);
  expect(await shares(tenant)).toEqual(['1 I1 60.000']);
  expect(await causes(tenant)).toEqual([`OVER_REPLENISHED DSH1|1234567|${NDC}|340B`]);
});

test('running the stages again over marked keys changes nothing', async () => {
  const { tenant, context } = await world();
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '30.5' });
  await invoice(tenant, { number: 'I1', date: '2026-03-10', packages: '2' });
  await settle(context);
  const before = await rows<{ n: number }>(
    tenant,
    'select count(*)::int as n from accumulator_entry where tenant_id = $1',
  );
  await withTenant(database.ingest, tenant.id, (tx) =>
    tx.query(
      `insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause) values ($1, 'w', '340B', 'I1', 'TEST')`,
      [tenant.id],
    ),
  );
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '30.5' });
  await settle(context);
  expect(await rows(tenant, 'select count(*)::int as n from accumulator_entry where tenant_id = $1')).toEqual(before);
});

test('a line that repays nothing says exactly one reason', async () => {
  const { tenant, context } = await world();
  await invoice(tenant, { number: 'I1', date: '2026-03-10', packages: '1' });
  await settle(context);
  expect(await causes(tenant)).toContain('INVOICE_UNMATCHED w|340B|I1|1 10.00');
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '30', bucket: 'WAC' });
  await settle(context);
  expect((await causes(tenant)).filter((cause) => cause.includes('I1'))).toEqual([
    'ACCOUNT_MISMATCH w|340B|I1|1 10.00',
  ]);
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '30', bucket: null });
  await dispense(tenant, { rx: '9', date: '2026-03-03', quantity: '30', ndc: '00093104805' });
  await settle(context);
  expect((await causes(tenant)).filter((cause) => cause.includes('I1'))).toEqual(['NDC_SUBSTITUTED w|340B|I1|1 10.00']);
});

test('a correction supersedes, a credit reduces, unknown account and NDC are not posted, totals are checked to the cent', async () => {
  const { tenant, context } = await world();
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '500' });
  await invoice(tenant, {
    number: 'I1',
    date: '2026-03-10',
    packages: '3',
    createdAt: '2026-03-10T00:00:00Z',
    total: '30.01',
  });
  await settle(context);
  expect(await causes(tenant)).toEqual(['INVOICE_TOTAL_MISMATCH w|340B|I1 0.01']);
  await invoice(tenant, {
    number: 'I1',
    date: '2026-03-10',
    packages: '2',
    createdAt: '2026-03-11T00:00:00Z',
    total: '20.00',
  });
  await invoice(tenant, { number: 'C1', date: '2026-03-20', packages: '1', kind: 'CREDIT', original: 'I1' });
  await settle(context);
  expect(await balances(tenant)).toEqual([`${NDC} 340B -500.000 400.000 100.000`]);
  expect(await causes(tenant)).toEqual([]);
  await invoice(tenant, { number: 'X1', date: '2026-03-20', packages: '1', account: 'nobody' });
  await invoice(tenant, { number: 'X2', date: '2026-03-20', packages: '1', ndc: '99999999999' });
  await settle(context);
  expect(await causes(tenant)).toEqual([
    'INVOICE_UNMATCHED w|340B|X2|1 10.00',
    'INVOICE_UNMATCHED w|nobody|X1|1 10.00',
    'NDC_UNKNOWN 99999999999',
  ]);
});

test('a superseded line that repaid nothing takes its exception with it', async () => {
  const { tenant, context } = await world();
  await invoice(tenant, { number: 'I1', date: '2026-03-10', packages: '3', createdAt: '2026-03-10T00:00:00Z' });
  await settle(context);
  expect((await causes(tenant)).some((cause) => cause.startsWith('INVOICE_UNMATCHED'))).toBe(true);
  await dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '500' });
  await invoice(tenant, { number: 'I1', date: '2026-03-10', packages: '2', createdAt: '2026-03-11T00:00:00Z' });
  await settle(context);
  expect(await causes(tenant)).toEqual([]);
});

test('any order of arrival gives the same balances, allocations and causes', async () => {
  const steps = [
    (tenant: Tenant) => dispense(tenant, { rx: '1', date: '2026-03-03', quantity: '90' }),
    (tenant: Tenant) => dispense(tenant, { rx: '2', date: '2026-03-01', quantity: '45.5' }),
    (tenant: Tenant) => dispense(tenant, { rx: '3', date: '2026-03-02', quantity: '10', bucket: 'WAC' }),
    (tenant: Tenant) => invoice(tenant, { number: 'I1', date: '2026-03-05', packages: '1' }),
    (tenant: Tenant) => invoice(tenant, { number: 'I2', date: '2026-03-04', packages: '1', account: 'GPO' }),
    (tenant: Tenant) => invoice(tenant, { number: 'C1', date: '2026-03-09', packages: '2', kind: 'CREDIT' }),
  ];
  const outcomes = new Set<string>();
  for (const order of [
    [0, 1, 2, 3, 4, 5],
    [5, 4, 3, 2, 1, 0],
    [3, 0, 5, 2, 4, 1],
  ]) {
    const { tenant, context } = await world();
    for (const step of order) {
      await steps[step]?.(tenant);
      await drain(STAGES, context);
    }
    await settle(context);
    outcomes.add(JSON.stringify([await balances(tenant), await shares(tenant), await causes(tenant)]));
  }
  expect(outcomes.size).toBe(1);
});
