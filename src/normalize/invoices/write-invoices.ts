/** Invoices of a batch: every version is kept, the latest is current, the number is marked for reconciling (DOMAIN 12.37). */
import { createHash } from 'node:crypto';
import { newId } from '../../db/ids.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { InvoiceRecord } from '../../model/records.ts';
import { type Item, compareText } from '../batch.ts';
import { recordset } from '../recordset.ts';

const MARK = statement(import.meta.url, 'mark-work.sql');
const INSERT = statement(import.meta.url, 'insert-versions.sql');
const CURRENT = statement(import.meta.url, 'set-current.sql');

type InvoiceRow = ReturnType<typeof invoiceRow>;

/** Stores invoice versions and marks their numbers in `invoice_work`. */
export async function writeInvoices(tx: TenantTransaction, items: readonly Item<InvoiceRecord>[]): Promise<void> {
  if (items.length === 0) return;
  const ordered = items
    .map((item) => ({ item, row: invoiceRow(item) }))
    .sort((left, right) => compareVersions(left.row, right.row));
  const firsts = new Map<string, { item: Item<InvoiceRecord>; row: InvoiceRow }>();
  const numbers = new Map<string, InvoiceRow>();
  for (const version of ordered) {
    const { wholesaler, accountNumber, invoiceNumber, contentHash } = version.row;
    numbers.set(JSON.stringify([wholesaler, accountNumber, invoiceNumber]), version.row);
    const key = JSON.stringify([wholesaler, accountNumber, invoiceNumber, contentHash]);
    if (firsts.has(key)) version.item.unit.duplicates += 1;
    else firsts.set(key, version);
  }
  const touched = recordset(
    [...numbers.values()].map(({ wholesaler, accountNumber, invoiceNumber }) => ({
      wholesaler,
      accountNumber,
      invoiceNumber,
    })),
  );
  await run(tx, MARK, [tx.tenantId, touched]);
  const written = await run<{ id: string }>(tx, INSERT, [
    tx.tenantId,
    recordset([...firsts.values()].map(({ row }) => row)),
  ]);
  const ids = new Set(written.map(({ id }) => id));
  for (const { item, row } of firsts.values()) if (!ids.has(row.id)) item.unit.duplicates += 1;
  await run(tx, CURRENT, [tx.tenantId, touched]);
}

/** Earliest creation first, then receipt: of equal versions the first is the one that is kept. */
const compareVersions = (left: InvoiceRow, right: InvoiceRow): number =>
  Date.parse(left.createdAt) - Date.parse(right.createdAt) ||
  Date.parse(left.receivedAt) - Date.parse(right.receivedAt) ||
  compareText(left.rawId, right.rawId);

/** Hash of what the document says: not when it was sent nor where its lines stood in the file. */
function hashOf({ createdAt: _createdAt, lines, ...invoice }: InvoiceRecord): string {
  const content = [
    Object.entries(invoice).sort(([left], [right]) => compareText(left, right)),
    lines.map((line) => [line.lineNumber, line.ndcText, line.packages, line.unitPrice]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function invoiceRow({ unit, record }: Item<InvoiceRecord>) {
  const { type: _type, ...columns } = record;
  return {
    ...columns,
    id: newId(),
    createdAt: record.createdAt ?? unit.raw.receivedAt,
    contentHash: hashOf(record),
    feed: unit.feed.name,
    receivedAt: unit.raw.receivedAt,
    rawId: unit.raw.rawId,
    position: unit.position,
  };
}
