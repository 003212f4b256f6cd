-- Adds postings to the ledger.
-- Served by accumulator_entry's primary key.
insert into accumulator_entry (tenant_id, id, entity, ncpdp, ndc11, bucket, posting, from_account, to_account, quantity,
  dispense_id, invoice_line_id, determination_id, cause, posted_at)
select $1::uuid, n.id, n.entity, n.ncpdp, n.ndc11, n.bucket, n.posting, n.from_account, n.to_account, n.quantity,
  n.dispense_id, n.invoice_line_id, n.determination_id, n.cause, $15::timestamptz
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::numeric[],
  $11::uuid[], $12::uuid[], $13::uuid[], $14::text[])
  as n (id, entity, ncpdp, ndc11, bucket, posting, from_account, to_account, quantity, dispense_id, invoice_line_id, determination_id, cause);
