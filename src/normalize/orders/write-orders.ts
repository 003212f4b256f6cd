/**
 * Answers to orders, acknowledgements and groups to acknowledge. Documents are kept whatever they say, each different content
 * once with its earliest receipt, so the order of processing shows nowhere; what they mean for an order is decided elsewhere.
 */
import { createHash } from 'node:crypto';
import { newId } from '../../db/ids.ts';
import { run, statement, type Statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { AcknowledgementRecord, FunctionalGroupRecord, OrderDocumentRecord } from '../../model/records.ts';
import { byReceipt, compareText, type Item } from '../batch.ts';
import { recordset } from '../recordset.ts';

const DOCUMENTS = statement(import.meta.url, 'insert-order-documents.sql');
const ACKNOWLEDGEMENTS = statement(import.meta.url, 'insert-acknowledgements.sql');
const GROUPS = statement(import.meta.url, 'insert-groups.sql');

type Document = OrderDocumentRecord | AcknowledgementRecord;

/** Stores what a batch says of orders and interchanges. */
export async function writeOrders(
  tx: TenantTransaction,
  documents: readonly Item<OrderDocumentRecord>[],
  acknowledgements: readonly Item<AcknowledgementRecord>[],
  groups: readonly Item<FunctionalGroupRecord>[],
): Promise<void> {
  await writeDocuments(tx, DOCUMENTS, documents);
  await writeDocuments(tx, ACKNOWLEDGEMENTS, acknowledgements);
  if (groups.length > 0) await run(tx, GROUPS, [tx.tenantId, recordset(groups.map(groupRow))]);
}

async function writeDocuments(
  tx: TenantTransaction,
  insert: Statement,
  items: readonly Item<Document>[],
): Promise<void> {
  if (items.length === 0) return;
  const firsts = new Map<string, { item: Item<Document>; row: ReturnType<typeof documentRow> }>();
  for (const item of [...items].sort(byReceipt)) {
    const row = documentRow(item);
    if (firsts.has(row.contentHash)) item.unit.duplicates += 1;
    else firsts.set(row.contentHash, { item, row });
  }
  // One order of locks for all workers.
  const rows = [...firsts.values()].sort((left, right) => compareText(left.row.contentHash, right.row.contentHash));
  const written = await run<{ id: string }>(tx, insert, [tx.tenantId, recordset(rows.map(({ row }) => row))]);
  const ids = new Set(written.map(({ id }) => id));
  for (const { item, row } of rows) if (!ids.has(row.id)) item.unit.duplicates += 1;
}

/** Hash of what a document says: not when it was sent nor where its lines stood in the file. */
function hashOf({ createdAt: _createdAt, ...document }: Document): string {
  const content = 'lines' in document ? { ...document, lines: document.lines.map(withoutPosition) } : document;
  const sorted = Object.entries(content).sort(([left], [right]) => compareText(left, right));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

const withoutPosition = ({ position: _position, ...line }: OrderDocumentRecord['lines'][number]) => line;

function documentRow({ unit, record }: Item<Document>) {
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

const groupRow = ({ unit, record }: Item<FunctionalGroupRecord>) => ({
  rawId: unit.raw.rawId,
  position: unit.position,
  feed: unit.feed.name,
  receivedAt: unit.raw.receivedAt,
  partner: record.partner,
  functionalCode: record.functionalCode,
  controlNumber: record.controlNumber,
  body: record,
});
