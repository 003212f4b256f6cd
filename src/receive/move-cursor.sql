-- Notes how far a feed has read in one of its scopes.
-- Served by the primary key of feed_cursor.
insert into feed_cursor (tenant_id, feed, scope, position, moved_at)
select $1::uuid, $2::text, $3::text, $4::text, $5::timestamptz
on conflict (tenant_id, feed, scope) do update set position = excluded.position, moved_at = excluded.moved_at
