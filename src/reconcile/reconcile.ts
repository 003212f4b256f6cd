/**
 * Invoices against the ledger: marked invoice numbers are resolved (account, drug, units, price), credits are netted, and
 * what each line supplies is posted as RECEIVE_DIRECT or taken back as RETURN. Which dispenses it repays is `allocate.ts`.
 */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import { policyInForce } from '../db/policy.ts';
import { markAllocation, post, type LedgerKey, type Posting } from '../db/postings.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant, type TenantId } from '../db/tenant.ts';
import { gatherInvoiceFacts, type InvoiceFacts, type InvoiceKey, type InvoiceVersion } from './invoice-facts.ts';
import { netSupply } from './net-supply.ts';
import { resolveLine, totalFinding, type Finding, type ResolvedLine } from './resolve-line.ts';

const TAKE_INVOICES = statement(import.meta.url, 'take-invoices.sql');
const SET_ACCOUNTS = statement(import.meta.url, 'set-accounts.sql');
const UPSERT_LINES = statement(import.meta.url, 'upsert-lines.sql');
const DIFF_RECEIPTS = statement(import.meta.url, 'diff-receipts.sql');
const INVOICES_PER_BATCH = 200;

interface VersionLine {
  version: InvoiceVersion;
  line: ResolvedLine;
}

const stateOf = ({ version, line }: VersionLine): string => {
  if (!version.current) return 'SUPERSEDED';
  if (!line.posted) return 'NOT_POSTED';
  return line.quantity?.startsWith('-') === true ? 'CREDIT' : 'UNMATCHED';
};

/** Stores the lines; answers their ids in the order given. */
async function storeLines(tx: Transaction, tenant: TenantId, lines: readonly VersionLine[]): Promise<string[]> {
  const column = <T>(pick: (one: VersionLine) => T): T[] => lines.map(pick);
  const stored = await run<{ id: string; invoiceId: string; ordinal: number }>(tx, UPSERT_LINES, [
    tenant,
    column(() => newId()),
    column(({ version }) => version.id),
    column(({ line }) => line.record.lineNumber),
    column(({ line }) => line.ordinal),
    column(({ version }) => version.invoiceDate),
    column(({ line }) => line.record.ndcText),
    column(({ line }) => line.ndc11),
    column(({ line }) => line.record.packages),
    column(({ line }) => line.record.unitPrice),
    column(({ line }) => line.amount),
    column(({ version, line }) => (line.posted ? version.entity : null)),
    column(({ version, line }) => (line.posted ? version.ncpdp : null)),
    column(({ version, line }) => (line.posted ? version.accountType : null)),
    column(({ line }) => line.quantity),
    column(stateOf),
    column(({ version }) => version.current),
    column(({ version }) => version.rawId),
    column(({ line }) => line.record.position),
  ]);
  const ids = new Map(stored.map((row) => [`${row.invoiceId}#${row.ordinal}`, row.id]));
  return lines.map(({ version, line }) => ids.get(`${version.id}#${line.ordinal}`) ?? '');
}

const asCause = (finding: Finding, source: string, invoiceLineId: string | null): Cause => ({
  ...finding,
  source,
  dispenseId: null,
  invoiceLineId,
});

async function raise(
  tx: Transaction,
  tenant: TenantId,
  facts: InvoiceFacts,
  lines: readonly VersionLine[],
  ids: readonly string[],
): Promise<void> {
  // A line that supplies nothing any more (superseded, not posted, a credit) is out of the allocator's sight: what it raised ends here.
  const retired = ids.filter((_, index) => {
    const line = lines[index];
    return line !== undefined && stateOf(line) !== 'UNMATCHED';
  });
  const sources = [
    ...facts.versions.map((version) => `invoice:${version.id}`),
    ...ids.map((id) => `invoice_line:${id}`),
    ...retired.map((id) => `allocation:${id}`),
  ];
  const causes = lines.flatMap(({ version, line }, index) => {
    const id = ids[index] ?? '';
    return version.current ? line.findings.map((finding) => asCause(finding, `invoice_line:${id}`, id)) : [];
  });
  for (const version of facts.versions.filter((one) => one.current)) {
    const finding = totalFinding(version);
    if (finding !== null) causes.push(asCause(finding, `invoice:${version.id}`, null));
  }
  await replaceCauses(tx, tenant, sources, causes);
}

async function postReceipts(tx: Transaction, tenant: TenantId, lineIds: readonly string[], now: string): Promise<void> {
  const differences = await run<LedgerKey & { invoiceLineId: string; posting: Posting; quantity: string }>(
    tx,
    DIFF_RECEIPTS,
    [tenant, lineIds],
  );
  const entries = differences.map((row) => ({
    ...row,
    dispenseId: null,
    determinationId: null,
    cause: row.posting === 'RETURN' ? 'credit or correction' : 'invoice line',
  }));
  await post(tx, tenant, entries, now);
}

async function reconcileBatch(tx: Transaction, { tenant, clock }: StageContext): Promise<number> {
  const keys = await run<InvoiceKey>(tx, TAKE_INVOICES, [tenant.id, INVOICES_PER_BATCH]);
  if (keys.length === 0) return 0;
  const now = clock().toISOString();
  const facts = await gatherInvoiceFacts(tx, tenant.id, keys);
  const { policy } = await policyInForce(tx, tenant, now);
  const accounts = facts.versions;
  await run(tx, SET_ACCOUNTS, [
    tenant.id,
    accounts.map((one) => one.id),
    accounts.map((one) => one.accountType),
    accounts.map((one) => one.entity),
    accounts.map((one) => one.ncpdp),
  ]);
  const lines = facts.versions.flatMap((version) =>
    version.lines.map((_, ordinal) => ({ version, line: resolveLine(version, ordinal, facts, policy) })),
  );
  const ids = await storeLines(tx, tenant.id, lines);
  await raise(tx, tenant.id, facts, lines, ids);
  const touched = await netSupply(
    tx,
    tenant.id,
    lines.map(({ version, line }) => ({
      wholesaler: version.wholesaler,
      accountNumber: version.accountNumber,
      ndc11: line.ndc11,
    })),
  );
  await postReceipts(tx, tenant.id, [...new Set([...ids, ...touched.lineIds])], now);
  await markAllocation(tx, tenant.id, touched.keys, 'INVOICE');
  fault.point('reconcile-in-transaction');
  return keys.length;
}

/** The stage: one batch of marked invoice numbers, resolved, netted and posted in one transaction. */
export const reconcileStage: Stage = {
  name: 'reconcile',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => reconcileBatch(tx, context)),
};
