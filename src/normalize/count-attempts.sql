-- Counts a failed try of payloads; with the last one they are set aside so that they no longer hold up the others.
-- Served by the primary key of raw_state.
-- Ids are read first (offset 0): under row-level security an index is not asked for a conversion, which might leak.
update raw_state s set attempts = s.attempts + 1,
  state = case when s.attempts + 1 >= $3::int then 'QUARANTINED' else s.state end,
  processed_at = case when s.attempts + 1 >= $3::int then $4::timestamptz end
from (select e.value::uuid as id from json_array_elements_text($2::text::json) as e offset 0) as x
where s.tenant_id = $1::uuid and s.raw_id = x.id and s.state = 'PENDING'
returning s.raw_id as "rawId", s.state
