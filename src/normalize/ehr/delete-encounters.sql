-- Takes away the rows that were made only to lock a visit which no message has opened yet (12.33a).
-- Served by the primary key of encounter.
delete from encounter e where e.tenant_id = $1::uuid and e.id = any($2::uuid[])
