-- A person says what became of a file, or what shall: only while it stands in one of the states that the person may decide about.
-- Served by outbound_file's primary key.
update outbound_file f
set state = $3, detail = $4, sent_at = $5::timestamptz,
  rename_intended_at = case when $3 = 'QUEUED' then null else f.rename_intended_at end
where f.tenant_id = $1::uuid and f.id = $2::uuid and f.state = any($6::text[])
returning f.feed, f.name;
