-- Takes away consult notes of which nothing is said any more.
-- Served by the primary key of consult_note.
delete from consult_note n where n.tenant_id = $1::uuid and n.id = any($2::uuid[])
