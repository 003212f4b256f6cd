-- Takes away rows of visits that no message has opened: made only to lock them (12.33a), once another visit's new number, or taken back.
-- Served by the primary key of encounter.
delete from encounter e where e.tenant_id = $1::uuid and e.id = any($2::uuid[])
