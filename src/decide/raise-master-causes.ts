/** Exceptions that follow from master data and visits rather than from a dispense (DOMAIN.md 12.24, 12.27, MASTER-DATA.md). */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import type { ExceptionCode } from '../model/verdict.ts';

const UNMAPPED_VISITS = statement(import.meta.url, 'read-unmapped-visits.sql');
const OVERLAPS = statement(import.meta.url, 'read-roster-overlaps.sql');
const UNMAPPED_PHARMACIES = statement(import.meta.url, 'read-unmapped-pharmacies.sql');
const SOURCES = statement(import.meta.url, 'read-cause-sources.sql');
const PHARMACY_SOURCE = 'opais:contract-pharmacies';

/** SITE_UNMAPPED for the given visits; null = all. */
export async function raiseUnmappedVisits(tx: Transaction, tenant: TenantId, visits: string[] | null): Promise<void> {
  if (visits?.length === 0) return;
  const rows = await run<{ id: string; facility: string; location: string }>(tx, UNMAPPED_VISITS, [tenant, visits]);
  const causes = rows.map(({ id, facility, location }): Cause => ({
    code: 'SITE_UNMAPPED',
    subject: `${facility}|${location}`,
    source: `encounter:${id}`,
    detail: 'No crosswalk row gives this location a site on the day of the visit.',
  }));
  await replaceRaised(tx, tenant, 'SITE_UNMAPPED', visits?.map((id) => `encounter:${id}`) ?? null, causes);
}

/** ROSTER_OVERLAP for the given prescribers; null = all. */
export async function raiseOverlaps(tx: Transaction, tenant: TenantId, npis: string[] | null): Promise<void> {
  if (npis?.length === 0) return;
  const rows = await run<{ npi: string; entity: string }>(tx, OVERLAPS, [tenant, npis]);
  const causes = rows.map(({ npi, entity }): Cause => ({
    code: 'ROSTER_OVERLAP',
    subject: `${npi}|${entity}`,
    source: `roster:${npi}`,
    detail: 'Two roster rows of this prescriber and 340B ID overlap; their union counts.',
  }));
  await replaceRaised(tx, tenant, 'ROSTER_OVERLAP', npis?.map((npi) => `roster:${npi}`) ?? null, causes);
}

/** PHARMACY_UNMAPPED: a contract pharmacy carries no NCPDP id while it is unmapped, so its OPAIS id stands in the subject. */
export async function raiseUnmappedPharmacies(tx: Transaction, tenant: TenantId): Promise<void> {
  const rows = await run<{ entity: string; opaisPharmacyId: string }>(tx, UNMAPPED_PHARMACIES, [tenant]);
  const causes = rows.map(({ entity, opaisPharmacyId }): Cause => ({
    code: 'PHARMACY_UNMAPPED',
    subject: `${entity}|${opaisPharmacyId}`,
    source: PHARMACY_SOURCE,
    detail: 'No pharmacy row names this OPAIS contract pharmacy.',
  }));
  await replaceCauses(tx, tenant, [PHARMACY_SOURCE], causes);
}

/** Replaces what `sources` raise; null = whatever raises the code now and whatever is to. */
async function replaceRaised(
  tx: Transaction,
  tenant: TenantId,
  code: ExceptionCode,
  sources: string[] | null,
  causes: Cause[],
): Promise<void> {
  const present = sources ?? (await run<{ source: string }>(tx, SOURCES, [tenant, code])).map((row) => row.source);
  await replaceCauses(tx, tenant, [...new Set([...present, ...causes.map((cause) => cause.source)])], causes);
}
