-- Takes away the rows that were made only to lock a visit which no message has opened yet (12.33a).
-- Served by the primary key of encounter.
delete from encounter e
using json_to_recordset($2::text::json) as x(id uuid)
where e.tenant_id = $1::uuid and e.id = x.id
