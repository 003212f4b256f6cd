-- Adds rule results that nobody has stated yet, numbered on from the last. What another worker adds at the same time stays out
-- and is looked for again.
-- Served by rule_result's primary key, rule_result_same.
insert into rule_result (tenant_id, number, digest, rule, answer, reason, evidence)
select $1::uuid,
  coalesce((select max(x.number) from rule_result x where x.tenant_id = $1::uuid), 0) + row_number() over (order by n.digest),
  n.digest, n.rule, n.answer, n.reason, n.evidence
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[]) as n (digest, rule, answer, reason, evidence)
where not exists (select from rule_result r where r.tenant_id = $1::uuid and r.digest = n.digest)
order by n.digest
on conflict do nothing
