-- The bytes of some payloads.
-- Served by the primary key of raw_state, the primary key of raw_message.
-- Ids are read first (offset 0): under row-level security an index is not asked for a conversion, which might leak.
select m.id as "rawId", m.payload
from (select e.value::uuid as id from json_array_elements_text($2::text::json) as e offset 0) as x
join raw_state s on s.tenant_id = $1::uuid and s.raw_id = x.id
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
