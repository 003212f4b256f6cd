/** Claims of a batch: each transaction once, under the pharmacy it names. */
import { DatabaseError } from '../../db/client.ts';
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { storable } from '../recordset.ts';
import type { PackedClaims } from './packed-claims.ts';

const STAGE = statement(import.meta.url, 'create-stage.sql');
const INSERT = statement(import.meta.url, 'insert-claims.sql');
/** Answers the numbers of those that were known, as a list in text. To look for their ids in the table was planned as a walk over it. */
const INSERT_UNKNOWN = {
  ...INSERT,
  name: `${INSERT.name}-unknown`,
  text: `with kept as (${INSERT.text}
on conflict (tenant_id, ncpdp, rx_number, transaction_key) do nothing
returning id)
select string_agg(s.n::text, ',') as known from claim_stage s where s.id not in (select k.id from kept k)`,
};
const TAKE_OVER = statement(import.meta.url, 'take-over-claims.sql');
/** To look for each claim before it is inserted costs a tenth of all: so many are first taken to be new. */
const TAKEN_TO_BE_NEW = 1_000;
const UNIQUE_VIOLATION = '23505';
const LATER = statement(import.meta.url, 'find-later.sql');
const PHARMACIES = statement(import.meta.url, 'find-pharmacies.sql');

/** A prescription at a pharmacy, as the change that marks it. */
export const claimChange = ({ ncpdp, rxNumber }: { ncpdp: string; rxNumber: string }): Change => ({
  kind: 'CLAIM',
  key: `${ncpdp}|${rxNumber}`,
});

/** Claims that lie in the stage of their transaction. */
export interface StagedClaims {
  claims: PackedClaims;
  /** NCPDP ids of the pharmacies that the claims name by NPI. */
  pharmacies: ReadonlyMap<string, string>;
}

/** Stages claims: this touches no row that another transaction may hold. The master data must be locked. */
export async function stageClaims(tx: TenantTransaction, claims: PackedClaims): Promise<StagedClaims> {
  const pharmacies = await pharmaciesByNpi(tx, new Set(claims.npis.filter((npi) => npi !== null)));
  await run(tx, STAGE);
  await tx.copyIn('copy claim_stage from stdin with (format binary)', claims.rows(), 'claims/stage');
  return { claims, pharmacies };
}

/** Stores staged claims; answers the prescriptions, as keys of a change, of which one is new or has an earlier receipt than was known. */
export async function keepClaims(tx: TenantTransaction, staged: StagedClaims | undefined): Promise<Set<string>> {
  if (staged === undefined) return new Set();
  const { claims, pharmacies } = staged;
  const { units, plain, npis, places } = claims;
  const duplicates = await keep(tx, claims, pharmacies);
  for (const n of duplicates) (units[n] ?? plain).duplicates += 1;
  const touched = new Set<string>();
  for (const [n, place] of places.entries()) {
    if (duplicates.has(n)) continue;
    const npi = npis[n] ?? null;
    const pharmacy = npi === null ? undefined : pharmacies.get(npi);
    touched.add(pharmacy === undefined ? place : pharmacy + place.slice(place.indexOf('|')));
  }
  return touched;
}

/** From the stage into the table. Answers the numbers of the duplicates: claims known already by an earlier receipt. */
async function keep(
  tx: TenantTransaction,
  { units, raws, mayRepeat }: PackedClaims,
  pharmacies: ReadonlyMap<string, string>,
): Promise<Set<number>> {
  const rawIds = raws.map(({ rawId }) => rawId);
  const receivedAt = raws.map((raw) => raw.receivedAt);
  const named = [[...pharmacies.keys()], [...pharmacies.values()]];
  const params = [tx.tenantId, rawIds, raws.map((raw) => raw.feed), receivedAt, ...named];
  const areNew = units.length >= TAKEN_TO_BE_NEW && !mayRepeat;
  const duplicates = await insert(tx, params, areNew);
  if (duplicates.size === 0) return duplicates;
  // Asked only now: whoever stored one of these meanwhile has committed, and his payload is seen.
  const [asked] = await run<{ later: boolean }>(tx, LATER, [tx.tenantId, receivedAt.toSorted()[0], rawIds]);
  if (asked?.later !== true) return duplicates;
  const [took] = await run<{ taken: string | null }>(tx, TAKE_OVER, params);
  for (const taken of numbers(took?.taken)) duplicates.delete(taken);
  return duplicates;
}

/** Answers the numbers of those that were known. */
async function insert(tx: TenantTransaction, params: readonly unknown[], areNew: boolean): Promise<Set<number>> {
  try {
    if (areNew) {
      await tx.savepoint(() => run(tx, INSERT, params));
      return new Set();
    }
  } catch (error) {
    if (!(error instanceof DatabaseError && error.sqlstate === UNIQUE_VIOLATION)) throw error;
  }
  const [found] = await run<{ known: string | null }>(tx, INSERT_UNKNOWN, params);
  return new Set(numbers(found?.known));
}

const numbers = (list: string | null | undefined): number[] => (list ? list.split(',').map(Number) : []);

async function pharmaciesByNpi(tx: TenantTransaction, npis: ReadonlySet<string>): Promise<Map<string, string>> {
  if (npis.size === 0) return new Map();
  const rows = await run<{ npi: string; ncpdp: string }>(tx, PHARMACIES, [tx.tenantId, [...npis].map(storable)]);
  return new Map(rows.map(({ npi, ncpdp }) => [npi, ncpdp]));
}
