-- The bytes of one message.
-- Served by the primary key of raw_message.
select m.payload from raw_message m where m.tenant_id = $1::uuid and m.month = $2::date and m.id = $3::uuid
