-- Lets a draft go out.
-- Served by outbound_file's primary key.
update outbound_file f set state = 'QUEUED'
where f.tenant_id = $1::uuid and f.id = $2::uuid and f.state = 'DRAFT'
returning f.id;
