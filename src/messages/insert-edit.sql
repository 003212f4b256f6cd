-- Stores an edited message beside its original, with its receipt, and says that it takes the place of the original.
-- Served by raw_receipt's primary key, the primary key of raw_message, raw_state's primary key, message_edit's primary key.
with receipt as (
  insert into raw_receipt (tenant_id, feed, control_id, sha256, raw_id, month, received_at)
  values ($1::uuid, $4::text, $6::text, $7::text, $3::uuid, $5::date, $9::timestamptz)
), message as (
  insert into raw_message (tenant_id, month, id, feed, name, control_id, received_at, sha256, size_bytes, payload)
  values ($1::uuid, $5::date, $3::uuid, $4::text, $8::text, $6::text, $9::timestamptz, $7::text, length($10::bytea), $10::bytea)
), state as (
  insert into raw_state (tenant_id, raw_id, month, feed, received_at)
  values ($1::uuid, $3::uuid, $5::date, $4::text, $9::timestamptz)
)
insert into message_edit (tenant_id, original_id, edited_id, at, editor, reason)
values ($1::uuid, $2::uuid, $3::uuid, $9::timestamptz, $11::text, $12::text)
