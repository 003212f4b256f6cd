-- Takes marked invoice numbers away from the queue.
-- Served by invoice_work's primary key.
delete from invoice_work w
using (
  select q.wholesaler, q.account_number, q.invoice_number from invoice_work q
  where q.tenant_id = $1::uuid
  order by q.wholesaler, q.account_number, q.invoice_number
  limit $2::int
  for update skip locked
) taken
where w.tenant_id = $1::uuid and w.wholesaler = taken.wholesaler and w.account_number = taken.account_number and w.invoice_number = taken.invoice_number
returning w.wholesaler, w.account_number as "accountNumber", w.invoice_number as "invoiceNumber";
