-- A file that was the whole list of a kind, or of a part of it.
-- Served by the primary key of data_snapshot.
insert into data_snapshot (tenant_id, kind, feed, within_part, known_from, raw_id)
values ($1::uuid, $2::text, $3::text, $4::text, $5::timestamptz, $6::uuid)
on conflict do nothing
