-- Numbers of the staged claims that were there already, as a list in text: theirs are not the rows that were kept.
-- Served by claim_transaction's primary key.
-- One look for each: a join would be planned on what is known of a table that grows faster than it is analysed.
select string_agg(s.n::text, ',') as known
from claim_stage s
where (select c.id from claim_transaction c where c.tenant_id = $1::uuid and c.id = s.id) is null
