-- Pauses or resumes a feed; answers nothing when it is so already.
-- Served by feed's primary key.
update feed f set paused = $3::boolean
where f.tenant_id = $1::uuid and f.name = $2 and f.paused <> $3::boolean
returning f.name;
