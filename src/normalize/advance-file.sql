-- Adds a portion's records to those of its file (law L3) and says what became of the file: it waits for its next portion, or is over.
-- Served by the primary key of raw_state.
update raw_state s set records = s.records + $3::int, accepted = s.accepted + $4::int, rejected = s.rejected + $5::int,
  duplicate = s.duplicate + $6::int, ignored = s.ignored + $7::int,
  state = case when $8::text <> 'READ' then $8::text
    when s.rejected + $5::int > 0 and s.rejected + $5::int = s.records + $3::int then 'REJECTED' else 'DONE' end,
  processed_at = case when $8::text <> 'PENDING' then $9::timestamptz end
where s.tenant_id = $1::uuid and s.raw_id = $2::uuid
