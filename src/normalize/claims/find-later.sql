-- Whether any claims are there that came later than the first of these payloads: only then can one of theirs take a row over.
-- Served by the primary key of feed, raw_state_feed.
select exists (
  select from feed f
  join raw_state s on s.tenant_id = $1::uuid and s.feed = f.name and s.received_at >= $2::timestamptz
  where f.tenant_id = $1::uuid and s.records > 0 and s.raw_id <> all ($3::uuid[])
) as later
