-- One message or file with what became of it and its edits, without its bytes.
-- Served by raw_state's primary key, the primary key of raw_message, message_edit's primary key, message_edit_edited.
select s.raw_id as id, s.month, s.feed, f.format, s.received_at as "receivedAt", s.state, s.attempts, s.records, s.accepted,
  s.rejected, s.duplicate, s.ignored, s.processed_at as "processedAt", m.control_id as "controlId", m.name,
  m.size_bytes as "sizeBytes", m.parts, m.sha256, f.kind,
  (select e.edited_id from message_edit e where e.tenant_id = $1::uuid and e.original_id = s.raw_id) as "supersededBy",
  (select e.original_id from message_edit e where e.tenant_id = $1::uuid and e.edited_id = s.raw_id) as supersedes
from raw_state s
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
left join feed f on f.tenant_id = $1::uuid and f.name = s.feed
where s.tenant_id = $1::uuid and s.raw_id = $2::uuid
