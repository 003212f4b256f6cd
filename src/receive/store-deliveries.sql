-- Stores one tenant's deliveries, each once: a receipt decides what is new, and only the new get their payload and a PENDING state. Answers those.
-- Served by raw_receipt's primary key (tenant, feed, control id, sha-256).
with delivered as (
  select d.*, date_trunc('month', d.received_at at time zone 'UTC')::date as month
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[], $9::bigint[], $10::int[])
    as d (raw_id, feed, control_id, sha256, name, received_at, payload, size_bytes, parts)
), fresh as (
  -- Two hub processes that store the same resend must take the keys in one order, or they wait for each other.
  insert into raw_receipt (tenant_id, feed, control_id, sha256, raw_id, month, received_at)
  select $1::uuid, feed, control_id, sha256, raw_id, month, received_at
  from delivered
  order by feed, control_id, sha256
  on conflict do nothing
  returning raw_id
), kept as (
  insert into raw_message (tenant_id, month, id, feed, name, control_id, received_at, sha256, size_bytes, parts, payload)
  select $1::uuid, month, raw_id, feed, name, control_id, received_at, sha256, size_bytes, parts, payload
  from delivered join fresh using (raw_id)
), waiting as (
  insert into raw_state (tenant_id, raw_id, month, feed, received_at, parts)
  select $1::uuid, raw_id, month, feed, received_at, parts
  from delivered join fresh using (raw_id)
)
select f.raw_id as "rawId" from fresh f;
