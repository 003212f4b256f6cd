-- Locks the coverages of a batch, in the order given, and reads them: whoever folds the same one waits, then sees our statements.
-- Served by coverage_number.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select
    c.id, c.source_system as "sourceSystem", c.number as key, c.patient_id as "patientId", c.status, c.kind,
    c.payer_name as "payerName", c.payer_id as "payerId", c.plan_code as "planCode", c.bin, c.pcn,
    c.payer_group as "payerGroup", c.cardholder, c.priority, c.valid_from as "validFrom", c.valid_to as "validTo", c.sources,
    c.raw_id as "rawId", c.position
  from coverage c
  where c.tenant_id = $1::uuid and c.source_system = x."sourceSystem" and c.number = x.key
  offset 0
  for no key update
) held
