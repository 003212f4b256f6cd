-- Whether whole lists of a kind, or rows that were only noted, are known of these instants or later from other payloads than these.
-- Served by the primary key of data_snapshot, data_sighting_known.
select exists (
    select from data_snapshot s where s.tenant_id = $1::uuid and s.kind = $2::text and s.known_from >= $3::timestamptz
      and s.raw_id <> all ($4::uuid[])
  ) or exists (
    select from data_sighting d where d.tenant_id = $1::uuid and d.kind = $2::text and d.known_from >= $3::timestamptz
      and d.raw_id <> all ($4::uuid[])
  ) as later
