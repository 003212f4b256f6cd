-- Stores a feed as declared; a pause set by a person survives.
-- Served by feed's primary key.
insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options, warn_after_seconds, error_after_seconds, declared, applied_at,
  acknowledged_within_seconds)
values ($1::uuid, $2, $3, $4, $5, $6, $7::text[], $8, $9::text::jsonb, $10::int, $11::int, $12::text::jsonb, $13::timestamptz, $14::int)
on conflict (tenant_id, name) do update set
  kind = excluded.kind, format = excluded.format, transport = excluded.transport, source_system = excluded.source_system,
  serves = excluded.serves, zone = excluded.zone, options = excluded.options,
  warn_after_seconds = excluded.warn_after_seconds, error_after_seconds = excluded.error_after_seconds,
  applied_at = excluded.applied_at, declared = excluded.declared,
  acknowledged_within_seconds = excluded.acknowledged_within_seconds;
