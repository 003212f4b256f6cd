-- Begins an attempt at a queued file under the lease's token; answers the bytes.
-- Served by outbound_file's primary key.
update outbound_file f
set state = 'SENDING', attempts = f.attempts + 1, temporary_name = $3, rename_intended_at = null, lease_token = $4, detail = ''
where f.tenant_id = $1::uuid and f.id = $2::uuid and f.state = 'QUEUED'
returning f.payload;
