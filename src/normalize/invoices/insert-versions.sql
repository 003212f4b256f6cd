-- Keeps versions of invoices; the same content sent again only takes over an earlier creation or receipt. Answers the ids written.
-- Served by invoice_version.
insert into invoice as i (tenant_id, id, wholesaler, account_number, invoice_number, kind, invoice_date, original_invoice,
  purchase_order, total, allowances, charges, tax, created_at, feed, received_at, content_hash, lines, current, raw_id, position)
select $1::uuid, x.id, x.wholesaler, x."accountNumber", x."invoiceNumber", x.kind, x."invoiceDate", x."originalInvoice",
  x."purchaseOrder", x.total, x.allowances, x.charges, x.tax, x."createdAt", x.feed, x."receivedAt", x."contentHash", x.lines,
  false, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, wholesaler text, "accountNumber" text, "invoiceNumber" text, kind text,
  "invoiceDate" date, "originalInvoice" text, "purchaseOrder" text, total numeric, allowances numeric, charges numeric,
  tax numeric, "createdAt" timestamptz, feed text, "receivedAt" timestamptz, "contentHash" text, lines jsonb, "rawId" uuid,
  position text)
on conflict (tenant_id, wholesaler, account_number, invoice_number, content_hash) do update set
  created_at = excluded.created_at, received_at = excluded.received_at, feed = excluded.feed, lines = excluded.lines,
  raw_id = excluded.raw_id, position = excluded.position
where (excluded.created_at, excluded.received_at, excluded.raw_id) < (i.created_at, i.received_at, i.raw_id)
returning i.id
