-- Makes sure that a row exists for every order a batch speaks of, so that it can be locked; answers the new ones.
-- Served by prescription_order.
insert into prescription (tenant_id, id, source_system, order_number, status, raw_id, position)
select $1::uuid, x.id, x."sourceSystem", x.key, 'ACTIVE', x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, "rawId" uuid, position text)
order by x."sourceSystem" collate "C", x.key collate "C"
on conflict (tenant_id, source_system, order_number) do nothing
returning id
