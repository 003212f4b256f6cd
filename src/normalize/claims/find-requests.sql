-- Prescriptions at a pharmacy whose requests the new responses answer (12.14).
-- Served by claim_transaction_batch.
select distinct c.ncpdp, c."rxNumber"
from json_to_recordset($2::text::json) as x(feed text, "batchId" text, "batchReference" text, "transactionIndex" int)
cross join lateral (
  select c.ncpdp, c.rx_number as "rxNumber"
  from claim_transaction c
  where c.tenant_id = $1::uuid and c.feed = x.feed and c.batch_id = x."batchId" and c.batch_reference = x."batchReference"
    and c.transaction_index = x."transactionIndex" and c.response_status = ''
  offset 0
) c
