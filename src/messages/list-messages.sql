-- Messages and files of a tenant that fit, the latest first, a page at a time.
-- Served by raw_state's primary key, the primary key of raw_message, raw_receipt's primary key.
select s.raw_id as id, s.feed, s.received_at as "receivedAt", s.state, s.attempts, s.records, s.accepted, s.rejected, s.duplicate,
  s.ignored, m.control_id as "controlId", m.name, m.size_bytes as "sizeBytes", (
    select count(*)::int from record_error e where e.tenant_id = $1::uuid and e.raw_id = s.raw_id) as errors
from raw_state s
cross join lateral (
  select m.control_id, m.name, m.size_bytes
  from raw_message m
  where m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
  offset 0
) m
where s.tenant_id = $1::uuid
  and ($2::text is null or s.feed = $2::text)
  and ($3::text[] is null or s.state = any($3::text[]))
  and ($4::timestamptz is null or s.received_at >= $4::timestamptz)
  and ($5::timestamptz is null or s.received_at < $5::timestamptz)
  and ($6::text is null or s.raw_id in (
    select r.raw_id
    from feed f
    join raw_receipt r on r.tenant_id = $1::uuid and r.feed = f.name and r.control_id = $6::text
    where f.tenant_id = $1::uuid and ($2::text is null or f.name = $2::text)))
  and case $7::text
    when 'ACCEPTED' then s.accepted > 0
    when 'REJECTED' then s.rejected > 0
    when 'DUPLICATE' then s.duplicate > 0
    when 'IGNORED' then s.ignored > 0
    when 'ERRORS' then exists (select 1 from record_error e where e.tenant_id = $1::uuid and e.raw_id = s.raw_id)
    else true end
  and ($8::uuid is null or s.raw_id < $8::uuid)
order by s.raw_id desc
limit $9::int
