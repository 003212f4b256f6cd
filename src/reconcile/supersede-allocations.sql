-- Ends allocations that no longer stand; they stay as history.
-- Served by allocation's primary key.
update allocation a set superseded_at = $3::timestamptz where a.tenant_id = $1::uuid and a.id = any($2::uuid[]);
