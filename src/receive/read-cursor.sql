-- How far a feed has read in one of its scopes.
-- Served by the primary key of feed_cursor.
select c.position
from feed_cursor c
where c.tenant_id = $1::uuid and c.feed = $2::text and c.scope = $3::text
