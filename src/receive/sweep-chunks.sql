-- Deletes pieces of files whose transfer broke off with the process: older than $3 (a uuid v7 of that time) and without a raw message. Only recent months are looked at.
-- Served by raw_chunk's primary key, raw_message's primary key.
delete from raw_chunk c
where c.tenant_id = $1::uuid and c.month >= $2::date and c.raw_id < $3::uuid
  and not exists (select 1 from raw_message m where m.tenant_id = $1::uuid and m.month = c.month and m.id = c.raw_id)
