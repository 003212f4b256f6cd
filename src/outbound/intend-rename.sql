-- Says that the rename is about to be asked for; from here on the file may have arrived. Only the attempt of this token may say so.
-- Served by outbound_file's primary key.
update outbound_file f set rename_intended_at = $4::timestamptz
where f.tenant_id = $1::uuid and f.id = $2::uuid and f.state = 'SENDING' and f.lease_token = $3
returning f.id;
