-- A payload of a feed with the options it was read by. The month of the state leads to the partition of the payload.
-- Served by raw_state's primary key, raw_message's primary key, feed's primary key.
select m.name, m.payload, m.month, m.size_bytes as "sizeBytes", m.parts, f.options
from raw_state s
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
join feed f on f.tenant_id = $1::uuid and f.name = s.feed
where s.tenant_id = $1::uuid and s.raw_id = $2::uuid and s.feed = $3;
