-- Keeps answers to orders; the same content sent again only takes over an earlier receipt. Answers the ids written.
-- Served by order_document_version.
insert into order_document as d (tenant_id, id, kind, wholesaler, account_number, document_number, purchase_order, document_date,
  purpose, response, created_at, feed, received_at, content_hash, lines, raw_id, position)
select $1::uuid, x.id, x.kind, x.wholesaler, x."accountNumber", x."documentNumber", x."purchaseOrder", x."documentDate", x.purpose,
  x.response, x."createdAt", x.feed, x."receivedAt", x."contentHash", x.lines, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, kind text, wholesaler text, "accountNumber" text, "documentNumber" text,
  "purchaseOrder" text, "documentDate" date, purpose text, response text, "createdAt" timestamptz, feed text,
  "receivedAt" timestamptz, "contentHash" text, lines jsonb, "rawId" uuid, position text)
on conflict (tenant_id, purchase_order, wholesaler, account_number, kind, document_number, content_hash) do update set
  created_at = excluded.created_at, received_at = excluded.received_at, feed = excluded.feed, lines = excluded.lines,
  raw_id = excluded.raw_id, position = excluded.position
where (excluded.received_at, excluded.raw_id, excluded.position) < (d.received_at, d.raw_id, d.position)
returning d.id
