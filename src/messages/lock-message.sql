-- Holds a message for an edit: nobody normalizes it or edits it at the same time.
-- Served by raw_state's primary key.
select s.state, s.accepted, s.duplicate from raw_state s where s.tenant_id = $1::uuid and s.raw_id = $2::uuid for update
