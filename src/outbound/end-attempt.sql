-- What became of an attempt, or of looking after one: only if the file still stands as it was seen ($3 its state, $4 its temporary name).
-- Served by outbound_file's primary key.
update outbound_file f
set state = $5, detail = $6, sent_at = $7::timestamptz,
  rename_intended_at = case when $5 = 'QUEUED' then null else f.rename_intended_at end
where f.tenant_id = $1::uuid and f.id = $2::uuid and f.state = $3 and f.temporary_name is not distinct from $4
returning f.id;
