/** Claims of a batch: each transaction once, under the pharmacy it names. */
import { DatabaseError } from '../../db/client.ts';
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { ClaimRecord } from '../../model/records.ts';
import { type Item, type RawPayload, byReceipt } from '../batch.ts';
import { payloadsOf, stagedText } from './stage-claims.ts';
import { npiOf } from './transaction-key.ts';

const STAGE = statement(import.meta.url, 'create-stage.sql');
const INSERT = statement(import.meta.url, 'insert-claims.sql');
const INSERT_UNKNOWN = {
  ...INSERT,
  name: `${INSERT.name}-unknown`,
  text: `${INSERT.text}\non conflict (tenant_id, ncpdp, rx_number, transaction_key) do nothing`,
};
const KNOWN = statement(import.meta.url, 'find-known.sql');
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

/** Claims of a batch that lie in the stage of their transaction. */
export interface StagedClaims {
  items: readonly Item<ClaimRecord>[];
  raws: readonly RawPayload[];
  places: readonly string[];
  /** Of the staged claims: pharmacy and transaction key. */
  keys: Set<string>;
  duplicates: Set<number>;
}

/** Stages claims: this touches no row that another transaction may hold. */
export async function stageClaims(
  tx: TenantTransaction,
  unordered: readonly Item<ClaimRecord>[],
): Promise<StagedClaims> {
  const payloads = payloadsOf(unordered);
  // Of equal claims the earliest is the original; those of one payload are in order already.
  const items = payloads.size <= 1 ? unordered : unordered.toSorted(byReceipt);
  const places: string[] = [];
  const keys = new Set<string>();
  const duplicates = new Set<number>();
  if (items.length > 0) {
    const pharmacies = await pharmaciesByNpi(tx, items);
    await run(tx, STAGE);
    const staged = stagedText({ items, payloads, pharmacies, places, keys, duplicates });
    await tx.copyIn('copy claim_stage from stdin', staged, 'claims/stage');
  }
  return { items, raws: [...payloads.keys()], places, keys, duplicates };
}

/** Stores staged claims; answers the prescription of each that is new or has an earlier receipt than was known, as the key of a change. */
export async function keepClaims(tx: TenantTransaction, staged: StagedClaims): Promise<readonly string[]> {
  const { items, places, duplicates } = staged;
  if (items.length === 0) return [];
  for (const known of await keep(tx, staged)) duplicates.add(known);
  for (const n of duplicates) {
    const item = items[n];
    if (item) item.unit.duplicates += 1;
  }
  return duplicates.size === 0 ? places : places.filter((_, n) => !duplicates.has(n));
}

/** From the stage into the table. Answers the numbers of the duplicates: claims known already by an earlier receipt. */
async function keep(tx: TenantTransaction, { items, raws, duplicates: unstaged }: StagedClaims): Promise<Set<number>> {
  const rawIds = raws.map(({ rawId }) => rawId);
  const receivedAt = raws.map((raw) => raw.receivedAt);
  const params = [tx.tenantId, rawIds, raws.map((raw) => raw.feed), receivedAt];
  if ((await insert(tx, params, items.length - unstaged.size)) === items.length - unstaged.size) return new Set();
  const [found] = await run<{ known: string | null }>(tx, KNOWN, [tx.tenantId]);
  const duplicates = new Set(numbers(found?.known));
  // Asked only now: whoever stored one of these meanwhile has committed, and his payload is seen.
  const [asked] = await run<{ later: boolean }>(tx, LATER, [tx.tenantId, receivedAt.toSorted()[0], rawIds]);
  if (asked?.later !== true) return duplicates;
  const [took] = await run<{ taken: string | null }>(tx, TAKE_OVER, params);
  for (const taken of numbers(took?.taken)) duplicates.delete(taken);
  return duplicates;
}

/** Answers how many were new. */
async function insert(tx: TenantTransaction, params: readonly unknown[], staged: number): Promise<number> {
  try {
    if (staged >= TAKEN_TO_BE_NEW) return (await tx.savepoint(() => run(tx, INSERT, params))).count;
  } catch (error) {
    if (!(error instanceof DatabaseError && error.sqlstate === UNIQUE_VIOLATION)) throw error;
  }
  return (await run(tx, INSERT_UNKNOWN, params)).count;
}

const numbers = (list: string | null | undefined): number[] => (list ? list.split(',').map(Number) : []);

async function pharmaciesByNpi(
  tx: TenantTransaction,
  items: readonly Item<ClaimRecord>[],
): Promise<Map<string, string>> {
  const npis = new Set<string>();
  for (const { record } of items) {
    const npi = npiOf(record);
    if (npi !== null) npis.add(npi);
  }
  if (npis.size === 0) return new Map();
  const rows = await run<{ npi: string; ncpdp: string }>(tx, PHARMACIES, [tx.tenantId, [...npis]]);
  return new Map(rows.map(({ npi, ncpdp }) => [npi, ncpdp]));
}
