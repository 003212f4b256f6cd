-- Visits billed to accounts that have moved to another patient: they are folded again.
-- Served by encounter_account.
select x."sourceSystem", e.key, e."rawId", e.position
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select e.visit_number as key, e.raw_id as "rawId", e.position
  from encounter e
  where e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.account = x.key
  offset 0
) e
