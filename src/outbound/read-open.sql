-- What is not finished for a feed, oldest first, without the bytes.
-- Served by outbound_file_open.
select f.id, f.name, f.sha256, f.size_bytes as "sizeBytes", f.state, f.attempts, f.temporary_name as "temporaryName",
  f.rename_intended_at is not null as "renameIntended", f.detail
from outbound_file f
where f.tenant_id = $1::uuid and f.feed = $2 and f.state in ('QUEUED', 'SENDING', 'UNCERTAIN')
order by f.id
limit 100;
