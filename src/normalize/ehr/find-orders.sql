-- Orders that name a visit which has just become an encounter: they are folded again to point at it.
-- Served by prescription_visit.
select x."sourceSystem", p.key, p."rawId", p.position
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select p.order_number as key, p.raw_id as "rawId", p.position
  from prescription p
  where p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.visit_number = x.key
  offset 0
) p
