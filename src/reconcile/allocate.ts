/**
 * Allocation of whole ledger keys: computed from the facts at hand, compared with what stands, and only the difference is
 * written (decision 0002). Lines that repay nothing get their exception (DOMAIN.md 12.35), keys below zero OVER_REPLENISHED.
 */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import { keyText, type LedgerKey } from '../db/postings.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement, type Statement } from '../db/statement.ts';
import { withTenant, type TenantId } from '../db/tenant.ts';
import { fromThousandths, toThousandths } from '../model/quantity.ts';
import type { ExceptionCode } from '../model/verdict.ts';
import { allocate, type Demand, type Share } from './first-in-first-out.ts';

const TAKE_KEYS = statement(import.meta.url, 'take-keys.sql');
const LOAD_DEMAND = statement(import.meta.url, 'load-demand.sql');
const LOAD_LINES = statement(import.meta.url, 'load-lines.sql');
const LOAD_ALLOCATIONS = statement(import.meta.url, 'load-allocations.sql');
const LOAD_NEIGHBOURS = statement(import.meta.url, 'load-neighbours.sql');
const LOAD_AVAILABLE = statement(import.meta.url, 'load-available.sql');
const SUPERSEDE = statement(import.meta.url, 'supersede-allocations.sql');
const INSERT = statement(import.meta.url, 'insert-allocations.sql');
const SET_ALLOCATED = statement(import.meta.url, 'set-allocated.sql');
const KEYS_PER_BATCH = 100;

type Row<T> = LedgerKey & T;
type DemandRow = Row<Omit<Demand, 'quantity'> & { quantity: string }>;
interface LineRow extends LedgerKey {
  id: string;
  current: boolean;
  wholesaler: string;
  accountNumber: string;
  invoiceNumber: string;
  invoiceDate: string;
  ordinal: number;
  lineNumber: string;
  quantity: string;
  amount: string;
  state: string;
  allocatedQuantity: string;
}
type AllocationRow = Row<{ id: string; dispenseId: string; invoiceLineId: string; quantity: string }>;
type NeighbourRow = Row<{ otherBucket: boolean; otherPackage: boolean }>;

/** Everything a batch of keys needs, grouped by key text. */
interface KeyFacts {
  demand: DemandRow[];
  lines: LineRow[];
  standing: AllocationRow[];
  neighbours: NeighbourRow | undefined;
  available: string;
}

/** What a batch of keys must write. */
interface Difference {
  superseded: string[];
  added: (LedgerKey & Share)[];
  lines: { id: string; quantity: string; state: string }[];
  sources: string[];
  causes: Cause[];
}

async function gather(tx: Transaction, tenant: TenantId, keys: readonly LedgerKey[]): Promise<Map<string, KeyFacts>> {
  const columns = [
    keys.map((key) => key.entity),
    keys.map((key) => key.ncpdp),
    keys.map((key) => key.ndc11),
    keys.map((key) => key.bucket),
  ];
  const load = <T>(sql: Statement) => run<Row<T>>(tx, sql, [tenant, ...columns]);
  const [demand, lines, standing, neighbours, available] = await Promise.all([
    load<DemandRow>(LOAD_DEMAND),
    load<LineRow>(LOAD_LINES),
    load<AllocationRow>(LOAD_ALLOCATIONS),
    load<NeighbourRow>(LOAD_NEIGHBOURS),
    load<{ available: string }>(LOAD_AVAILABLE),
  ]);
  const facts = new Map<string, KeyFacts>(
    keys.map((key) => [keyText(key), { demand: [], lines: [], standing: [], neighbours: undefined, available: '0' }]),
  );
  for (const row of demand) facts.get(keyText(row))?.demand.push(row);
  for (const row of lines) facts.get(keyText(row))?.lines.push(row);
  for (const row of standing) facts.get(keyText(row))?.standing.push(row);
  for (const row of neighbours) Object.assign(facts.get(keyText(row)) ?? {}, { neighbours: row });
  for (const row of available) Object.assign(facts.get(keyText(row)) ?? {}, { available: row.available });
  return facts;
}

/** Why a supply line repays nothing: exactly one code (12.35). */
function unmatchedCode(facts: KeyFacts): ExceptionCode {
  if (facts.demand.length > 0) return 'INVOICE_UNMATCHED';
  if (facts.neighbours?.otherBucket === true) return 'ACCOUNT_MISMATCH';
  return facts.neighbours?.otherPackage === true ? 'NDC_SUBSTITUTED' : 'INVOICE_UNMATCHED';
}

const DETAIL: Partial<Record<ExceptionCode, string>> = {
  INVOICE_UNMATCHED: 'no accrued dispense is left for it to repay',
  ACCOUNT_MISMATCH: 'nothing accrues in the bucket of the account; the same NDC accrues in another bucket',
  NDC_SUBSTITUTED: 'nothing accrues for this NDC-11; another package of the same product does',
};

function lineCause(line: LineRow, code: ExceptionCode): Cause {
  return {
    code,
    subject: [line.wholesaler, line.accountNumber, line.invoiceNumber, line.lineNumber].join('|'),
    source: `allocation:${line.id}`,
    detail: DETAIL[code] ?? '',
    dollars: line.amount.replace('-', ''),
    dispenseId: null,
    invoiceLineId: line.id,
  };
}

function overReplenished(key: LedgerKey, available: string): Cause {
  return {
    code: 'OVER_REPLENISHED',
    subject: keyText(key),
    source: `ledger:${keyText(key)}`,
    detail: `AVAILABLE is ${available}: more was bought than dispensed`,
    dollars: null,
    dispenseId: null,
    invoiceLineId: null,
  };
}

/** Compares what should stand for one key with what stands. */
function compareKey(key: LedgerKey, facts: KeyFacts, difference: Difference): void {
  const supplying = facts.lines.filter((line) => line.current && toThousandths(line.quantity) > 0);
  const shares = allocate(
    facts.demand.map((row) => ({ ...row, quantity: toThousandths(row.quantity) })),
    supplying.map((line) => ({
      ...line,
      account: `${line.wholesaler}|${line.accountNumber}`,
      quantity: toThousandths(line.quantity),
    })),
  );
  const wanted = new Map(shares.map((share) => [`${share.dispenseId}|${share.invoiceLineId}`, share]));
  for (const row of facts.standing) {
    const name = `${row.dispenseId}|${row.invoiceLineId}`;
    if (wanted.get(name)?.quantity === toThousandths(row.quantity)) wanted.delete(name);
    else difference.superseded.push(row.id);
  }
  difference.added.push(...[...wanted.values()].map((share) => ({ ...key, ...share })));
  const allocated = new Map<string, number>();
  for (const share of shares)
    allocated.set(share.invoiceLineId, (allocated.get(share.invoiceLineId) ?? 0) + share.quantity);
  for (const line of facts.lines) {
    const quantity = allocated.get(line.id) ?? 0;
    const state = quantity === 0 ? 'UNMATCHED' : quantity === toThousandths(line.quantity) ? 'ALLOCATED' : 'PARTIAL';
    if (state !== line.state || quantity !== toThousandths(line.allocatedQuantity))
      difference.lines.push({ id: line.id, quantity: fromThousandths(quantity), state });
    difference.sources.push(`allocation:${line.id}`);
    if (quantity === 0 && supplying.includes(line)) difference.causes.push(lineCause(line, unmatchedCode(facts)));
  }
  difference.sources.push(`ledger:${keyText(key)}`);
  if (facts.available.startsWith('-')) difference.causes.push(overReplenished(key, facts.available));
}

async function write(
  tx: Transaction,
  tenant: TenantId,
  { superseded, added, lines, sources, causes }: Difference,
  now: string,
): Promise<void> {
  if (superseded.length > 0) await run(tx, SUPERSEDE, [tenant, superseded, now]);
  if (added.length > 0) {
    const column = <T>(pick: (one: LedgerKey & Share) => T): T[] => added.map(pick);
    const keys = [
      column((one) => one.entity),
      column((one) => one.ncpdp),
      column((one) => one.ndc11),
      column((one) => one.bucket),
    ];
    const values = [
      column((one) => one.dispenseId),
      column((one) => one.invoiceLineId),
      column((one) => fromThousandths(one.quantity)),
      now,
    ];
    await run(tx, INSERT, [tenant, column(() => newId()), ...keys, ...values]);
  }
  if (lines.length > 0)
    await run(tx, SET_ALLOCATED, [
      tenant,
      lines.map((one) => one.id),
      lines.map((one) => one.quantity),
      lines.map((one) => one.state),
    ]);
  await replaceCauses(tx, tenant, sources, causes);
}

async function allocateBatch(tx: Transaction, { tenant, clock }: StageContext): Promise<number> {
  const keys = await run<LedgerKey>(tx, TAKE_KEYS, [tenant.id, KEYS_PER_BATCH]);
  if (keys.length === 0) return 0;
  const facts = await gather(tx, tenant.id, keys);
  const difference: Difference = { superseded: [], added: [], lines: [], sources: [], causes: [] };
  for (const key of keys) {
    const own = facts.get(keyText(key));
    if (own !== undefined) compareKey(key, own, difference);
  }
  await write(tx, tenant.id, difference, clock().toISOString());
  fault.point('allocate-in-transaction');
  return keys.length;
}

/** The stage: one batch of marked ledger keys, allocated in one transaction. */
export const allocateStage: Stage = {
  name: 'allocate',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => allocateBatch(tx, context)),
};
