/**
 * The stage that finds out what a change can affect: it takes waiting changes and marks the prescriptions at a pharmacy (and
 * the invoices) whose answer may be another one now. A superset is fine, a miss is not. When nothing has changed it looks at
 * the clock, which is a cause like any other (DOMAIN.md 12).
 */
import type { Transaction } from '../db/client.ts';
import type { ChangeKind } from '../db/changes.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement, type Statement } from '../db/statement.ts';
import { withTenant, type TenantId } from '../db/tenant.ts';
import { DEFAULT_POLICY } from '../model/policy.ts';
import { policyInForce } from '../db/policy.ts';
import { PLAN_EACH_TIME } from './load-setting.ts';
import { countedFor } from './count-effects.ts';
import { markClock } from './mark-clock.ts';
import { markPatients, patientsOfDrugs, patientsOfOrders, patientsOfVisits, visitsAt } from './mark-people.ts';
import { raiseOverlaps, raiseUnmappedPharmacies, raiseUnmappedVisits } from './raise-master-causes.ts';

const load = (file: string): Statement => statement(import.meta.url, file);
const TAKE = load('take-changes.sql');
const LOCK = load('lock-marking.sql');
const ALL = load('mark-all.sql');
const CLAIMS = load('mark-claims.sql');
const ALL_INVOICES = load('mark-all-invoices.sql');
const ORDER_NUMBERS = load('mark-order-numbers.sql');
const ORDER_DATES = load('mark-order-dates.sql');
/** Kinds whose keys one statement each can expand. */
const BY_KEY: readonly (readonly [ChangeKind, Statement])[] = [
  ['CLAIM', CLAIMS],
  ['ROSTER', load('mark-roster.sql')],
  ['PHARMACY', load('mark-pharmacies.sql')],
  ['PLAN', load('mark-plans.sql')],
  ['MEDICAID_POLICY', load('mark-medicaid-policies.sql')],
  ['ENTITY', load('mark-entities.sql')],
  ['MANUFACTURER', load('mark-manufacturers.sql')],
  ['DRUG', load('mark-drugs.sql')],
  ['DRUG', load('mark-invoices-of-drugs.sql')],
  ['ACCOUNT', load('mark-invoices-of-accounts.sql')],
  ['PRICE', load('mark-invoices-of-prices.sql')],
];
/** Keys of changes per transaction; the last row may bring some more. */
const BATCH = 2000;

/** Marking as a stage of the pipeline. */
export const markStage: Stage = {
  name: 'mark',
  run: (context) =>
    withTenant(context.db, context.tenant.id, (tx) => markBatch(tx, context), { settings: PLAN_EACH_TIME }),
};

async function markBatch(tx: Transaction, context: StageContext): Promise<number> {
  const marked = await markWaiting(tx, context);
  return marked > 0 ? marked : markClock(tx, context);
}

/** Takes waiting changes and marks what they can affect; answers how many keys, 0 = none waited. Also part of a dry run, whose transaction is rolled back. */
export async function markWaiting(tx: Transaction, context: StageContext): Promise<number> {
  const tenant = context.tenant.id;
  await run(tx, LOCK, [tenant]);
  const changes = await run<TakenChange>(tx, TAKE, [tenant, BATCH]);
  for (const [rawId, of] of Map.groupBy(changes, (change) => change.rawId)) {
    if (rawId === null) await markChanges(tx, context, of);
    else await countedFor(tx, tenant, rawId, () => markChanges(tx, context, of));
  }
  return changes.reduce((sum, { keys }) => sum + keys.length, 0);
}

interface TakenChange {
  kind: ChangeKind;
  keys: string[];
  rawId: string | null;
}

async function markChanges(tx: Transaction, context: StageContext, changes: readonly TakenChange[]): Promise<void> {
  const tenant = context.tenant.id;
  const keys = new Map(
    [...Map.groupBy(changes, (change) => change.kind)].map(([kind, of]) => [
      kind,
      [...new Set(of.flatMap((one) => one.keys))],
    ]),
  );
  if (!keys.has('ALL')) return markKeys(tx, context, keys);
  await markEverything(tx, tenant);
  // A prescription whose claims moved to another pharmacy key is in no table any more, but what it raised must end.
  await run(tx, CLAIMS, [tenant, keys.get('CLAIM') ?? []]);
  return undefined;
}

type Keys = ReadonlyMap<ChangeKind, string[]>;

async function markKeys(tx: Transaction, context: StageContext, keys: Keys): Promise<void> {
  const tenant = context.tenant.id;
  for (const [kind, sql] of BY_KEY) {
    const own = keys.get(kind);
    if (own) await run(tx, sql, [tenant, own]);
  }
  const visits = [...(keys.get('VISIT') ?? []), ...(await visitsAt(tx, tenant, keys.get('CROSSWALK') ?? []))];
  const orders = keys.get('PRESCRIPTION') ?? [];
  const changed = keys.get('PATIENT') ?? [];
  const affected = [
    ...(keys.get('REFERRAL') ?? []),
    ...(await patientsOfVisits(tx, tenant, visits)),
    ...(await patientsOfOrders(tx, tenant, orders)),
    ...(await patientsOfDrugs(tx, tenant, keys.get('DRUG') ?? [])),
  ];
  await markPatients(tx, tenant, changed, affected);
  if (orders.length > 0) await markOrders(tx, context, orders);
  await raiseUnmappedVisits(tx, tenant, visits);
  await raiseOverlaps(tx, tenant, keys.get('ROSTER') ?? []);
  if (keys.has('ENTITY') || keys.has('PHARMACY')) await raiseUnmappedPharmacies(tx, tenant);
}

/** Claims that say nothing about their patient hang on the order (12.21). */
async function markOrders(tx: Transaction, { tenant, clock }: StageContext, orders: string[]): Promise<void> {
  const { policy } = await policyInForce(tx, tenant, clock().toISOString());
  await run(tx, ORDER_NUMBERS, [tenant.id, orders]);
  await run(tx, ORDER_DATES, [tenant.id, orders, Math.max(policy.writtenMatchDays, DEFAULT_POLICY.writtenMatchDays)]);
}

async function markEverything(tx: Transaction, tenant: TenantId): Promise<void> {
  await run(tx, ALL, [tenant]);
  await run(tx, ALL_INVOICES, [tenant]);
  await raiseUnmappedVisits(tx, tenant, null);
  await raiseOverlaps(tx, tenant, null);
  await raiseUnmappedPharmacies(tx, tenant);
}
