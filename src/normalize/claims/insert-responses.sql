-- Keeps responses that came apart from their requests; answers the ones that are new.
-- Served by the primary key of claim_response.
insert into claim_response (tenant_id, feed, batch_id, batch_reference, transaction_index, response_status, total_paid, patient_pay,
  received_at, raw_id, position)
select $1::uuid, x.feed, x."batchId", x."batchReference", x."transactionIndex", x."responseStatus", x."totalPaid", x."patientPay",
  x."receivedAt", x."rawId", x.position
from json_to_recordset($2::text::json) as x(feed text, "batchId" text, "batchReference" text, "transactionIndex" int,
  "responseStatus" text, "totalPaid" numeric, "patientPay" numeric, "receivedAt" timestamptz, "rawId" uuid, position text)
on conflict do nothing
returning feed, batch_id as "batchId", batch_reference as "batchReference", transaction_index as "transactionIndex"
