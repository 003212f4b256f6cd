/** Everything that a batch of payloads says, into the tables, in one transaction and in one order of locks for all workers. */
import type { Change } from '../db/changes.ts';
import type { StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import { type Item, itemsOf } from './batch.ts';
import { resolvePharmacies } from './claims/resolve-pharmacies.ts';
import { type PackedClaims, packClaims } from './claims/packed-claims.ts';
import { keepClaims, stageClaims } from './claims/write-claims.ts';
import { lockBatches, writeResponses } from './claims/write-responses.ts';
import { resolveSites } from './ehr/resolve-sites.ts';
import { movesAccounts, writeEhr } from './ehr/write-ehr.ts';
import { writeInvoices } from './invoices/write-invoices.ts';
import { writeOrders } from './orders/write-orders.ts';
import { becomeTenant, PUBLIC_TENANT } from './public-tenant.ts';
import { importVersions, stageVersions } from './versions/import-versions.ts';
import { writeChanges } from './write-changes.ts';

const LOCK_MASTER = statement(import.meta.url, 'versions/lock-master.sql');
const SHARE_MASTER = statement(import.meta.url, 'versions/share-master.sql');

const ehrOf = (items: readonly Item[]) =>
  itemsOf(items, 'patient', 'visit', 'prescription', 'patientLink', 'visitLink', 'coverage', 'referral', 'consultNote');

/** What a batch of payloads says. */
export interface Batch {
  items: readonly Item[];
  /** Claims that are no items, because they were packed as they were read. Their file brings no others. */
  claims?: PackedClaims | undefined;
  /** What EHR messages said that count no more: it is taken back. */
  withdrawn?: readonly Item[];
}

/** What waits for other transactions: the portions of a file follow each other, and overlap only with what touches no row. */
export interface Order {
  /**
   * Is awaited before any row is touched that another transaction may hold.
   * @param claims of the batch when it has nothing else.
   * @param lock locks the batches of claims.
   */
  begin: (claims: PackedClaims | null, lock: () => Promise<void>) => Promise<void>;
}
const AT_ONCE: Order = { begin: (_, lock) => lock() };

/** Stores the records and marks what changed. */
export async function writeBatch(
  tx: TenantTransaction,
  context: StageContext,
  { items, claims: packed, withdrawn = [] }: Batch,
  order: Order = AT_ONCE,
): Promise<void> {
  const versions = itemsOf(items, 'master', 'reference', 'snapshot');
  const ehr = ehrOf(items);
  const gone = ehrOf(withdrawn);
  const claims = packed ?? packClaims(itemsOf(items, 'claim'));
  const responses = itemsOf(items, 'claimResponse');
  const stagedVersions = await stageVersions(tx, versions);
  const alone = versions.length > 0 || movesAccounts([...ehr, ...gone]);
  if (!alone && (claims || ehr.length + gone.length > 0)) await run(tx, SHARE_MASTER, [tx.tenantId]);
  // Claims follow the pharmacy master: master data of the same batch comes first.
  let staged = claims && !alone ? await stageClaims(tx, claims) : undefined;
  const claimsOnly = items.every(({ record }) => record.type === 'claim');
  await order.begin(claims && claimsOnly ? claims : null, async () => {
    // Not before: a portion that holds the lock while it waits for the one before would wait for ever.
    if (alone) await run(tx, LOCK_MASTER, [tx.tenantId]);
    await lockBatches(tx, claims?.batches ?? new Set(), responses);
  });

  const imported = await importVersions(tx, stagedVersions);
  const npis = new Set((imported.followed.get('pharmacy') ?? []).flat().filter((npi) => npi !== ''));
  await resolveSites(tx, imported.followed.get('locationCrosswalk') ?? []);
  const changes = [
    ...imported.tenantChanges,
    ...(await resolvePharmacies(tx, [...npis])),
    ...(await writeEhr(tx, ehr, gone)),
  ];
  const prescriptions = await keepClaims(tx, (staged ??= claims && (await stageClaims(tx, claims))));
  changes.push(...(await writeResponses(tx, responses)));
  await writeInvoices(tx, itemsOf(items, 'invoice'));
  await writeOrders(
    tx,
    itemsOf(items, 'orderDocument'),
    itemsOf(items, 'acknowledgement'),
    itemsOf(items, 'functionalGroup'),
  );
  await writeChanges(tx, tx.tenantId, changes, prescriptions);
  await tellEveryTenant(tx, context, imported.publicChanges);
}

/** Public data belongs to no tenant but changes the answers of each: the transaction visits them one by one. */
async function tellEveryTenant(
  tx: TenantTransaction,
  { tenants }: StageContext,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  for (const { id, name } of tenants) {
    if (name === PUBLIC_TENANT) continue;
    await becomeTenant(tx, id);
    await writeChanges(tx, id, changes);
  }
  await becomeTenant(tx, tx.tenantId);
}
