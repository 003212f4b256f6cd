-- The bytes of some payloads.
-- Served by the primary key of raw_state, the primary key of raw_message.
select m.id as "rawId", m.payload
from json_array_elements_text($2::text::json) as x(id)
join raw_state s on s.tenant_id = $1::uuid and s.raw_id = x.id::uuid
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
