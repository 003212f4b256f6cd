-- Outbound files of a tenant, or of one feed, newest first, without the bytes.
-- Served by outbound_file's primary key.
select f.id, f.feed, f.name, f.size_bytes as "sizeBytes", f.state, f.attempts, f.detail, f.created_at as "createdAt",
  f.created_by as "createdBy", f.sent_at as "sentAt", f.expects_acknowledgement as "expectsAcknowledgement",
  f.acknowledged_at as "acknowledgedAt"
from outbound_file f
where f.tenant_id = $1::uuid and ($2::text is null or f.feed = $2)
order by f.id desc
limit 1000;
