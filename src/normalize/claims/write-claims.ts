/** Claims of a batch: each transaction once, under the pharmacy it names. */
import type { Change } from '../../db/changes.ts';
import { newId } from '../../db/ids.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import { type Item, byReceipt } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey } from './transaction-key.ts';

const INSERT = statement(import.meta.url, 'insert-claims.sql');
const PHARMACIES = statement(import.meta.url, 'find-pharmacies.sql');
const ROWS_PER_STATEMENT = 2_000;

/** A prescription at a pharmacy, as the change that marks it. */
export const claimChange = ({ ncpdp, rxNumber }: { ncpdp: string; rxNumber: string }): Change => ({
  kind: 'CLAIM',
  key: `${ncpdp}|${rxNumber}`,
});

/** Stores claims; answers a change for each that is new or has an earlier receipt than was known. */
export async function writeClaims(tx: TenantTransaction, items: readonly Item<ClaimRecord>[]): Promise<Change[]> {
  if (items.length === 0) return [];
  const pharmacies = await pharmaciesByNpi(tx, items);
  const firsts = new Map<string, { item: Item<ClaimRecord>; row: ReturnType<typeof claimRow> }>();
  for (const item of items.toSorted(byReceipt)) {
    const npi = npiOf(item.record);
    const pharmacy = npi === null ? item.record.providerId : (pharmacies.get(npi) ?? `NPI:${npi}`);
    const row = claimRow(item, pharmacy);
    if (firsts.has(row.transactionKey)) item.unit.duplicates += 1;
    else firsts.set(row.transactionKey, { item, row });
  }
  const changes: Change[] = [];
  for (const chunk of chunks([...firsts.values()], ROWS_PER_STATEMENT)) {
    const written = await run<{ id: string; ncpdp: string; rxNumber: string }>(tx, INSERT, [
      tx.tenantId,
      recordset(chunk.map(({ row }) => row)),
    ]);
    const ids = new Set(written.map(({ id }) => id));
    for (const { item, row } of chunk) if (!ids.has(row.id)) item.unit.duplicates += 1;
    changes.push(...written.map(claimChange));
  }
  return changes;
}

async function pharmaciesByNpi(
  tx: TenantTransaction,
  items: readonly Item<ClaimRecord>[],
): Promise<Map<string, string>> {
  const npis = new Set(items.map(({ record }) => npiOf(record)).filter((npi) => npi !== null));
  if (npis.size === 0) return new Map();
  const rows = await run<{ npi: string; ncpdp: string }>(tx, PHARMACIES, [tx.tenantId, [...npis]]);
  return new Map(rows.map(({ npi, ncpdp }) => [npi, ncpdp]));
}

function claimRow({ unit, record }: Item<ClaimRecord>, pharmacy: string) {
  const { patient, amounts, ingredients: _parts, type: _type, ...columns } = record;
  return {
    ...columns,
    ...amounts,
    id: newId(),
    transactionKey: transactionKey(pharmacy, record, unit.raw.sha256),
    feed: unit.feed.name,
    receivedAt: unit.raw.receivedAt,
    ncpdp: pharmacy,
    rxNumber: comparableRxNumber(record.rxNumber) ?? '',
    familyName: patient.familyName,
    givenName: patient.givenName,
    familyCompare: patient.familyName === null ? null : compareFamilyName(patient.familyName) || null,
    givenCompare: patient.givenName === null ? null : compareGivenName(patient.givenName) || null,
    birthDate: patient.birthDate,
    sex: patient.sex,
    patientIdAuthority: patient.identifier?.authority ?? null,
    patientIdValue: patient.identifier?.value ?? null,
    rawId: unit.raw.rawId,
    position: unit.parsed.position,
  };
}
