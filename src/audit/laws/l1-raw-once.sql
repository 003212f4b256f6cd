-- L1: every payload is stored exactly once per feed, control id and content, with its receipt, and its bytes are intact.
-- Served by raw_message's primary key, raw_receipt's primary key, raw_chunk's primary key.
select 'raw_message ' || m.id || ' has ' || count(r.raw_id) || ' receipts' as breach
from raw_message m
left join raw_receipt r on r.tenant_id = $1::uuid and r.raw_id = m.id and r.feed = m.feed and r.control_id = m.control_id and r.sha256 = m.sha256
where m.tenant_id = $1::uuid
group by m.id having count(r.raw_id) <> 1
union all
select 'raw_message ' || m.id || ' does not match its sha256'
from raw_message m
where m.tenant_id = $1::uuid and m.parts = 0 and encode(sha256(m.payload), 'hex') <> m.sha256
union all
select 'raw_message ' || m.id || ' lacks pieces of its file'
from raw_message m
left join raw_chunk c on c.tenant_id = $1::uuid and c.month = m.month and c.raw_id = m.id and c.part < m.parts
where m.tenant_id = $1::uuid and m.parts > 0
group by m.id, m.parts, m.size_bytes
having count(c.part) <> m.parts or coalesce(sum(c.size_bytes), 0) <> m.size_bytes
union all
select 'piece ' || c.part || ' of raw_message ' || c.raw_id || ' does not match its sha256'
from raw_chunk c
where c.tenant_id = $1::uuid and sha256(c.bytes) <> c.sha256
union all
select 'raw_receipt of ' || r.raw_id || ' has no raw_message'
from raw_receipt r
where r.tenant_id = $1::uuid
  and not exists (select 1 from raw_message m where m.tenant_id = $1::uuid and m.month = r.month and m.id = r.raw_id)
