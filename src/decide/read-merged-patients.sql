-- Edges of the persons whom the given patients are records of (12.21): everything that edges join to them, over any number of steps.
-- Served by the primary key of patient_link, patient_link_other, patient's primary key.
with recursive reached(id) as (
  select k.id from unnest($2::uuid[]) as k (id)
  union
  select n.id from reached r cross join lateral (
    select l.other_id as id from patient_link l where l.tenant_id = $1::uuid and l.patient_id = r.id
    union all
    select l.patient_id from patient_link l where l.tenant_id = $1::uuid and l.other_id = r.id
    offset 0
  ) n
)
select l.patient_id as "patientId", l.other_id as "otherId", l.kind, p.key as "patientKey", o.key as "otherKey",
  p.birth_date = o.birth_date as "bornTogether"
from reached r
cross join lateral (
  select l.patient_id, l.other_id, l.kind from patient_link l where l.tenant_id = $1::uuid and l.patient_id = r.id offset 0
) l
join patient p on p.tenant_id = $1::uuid and p.id = l.patient_id
join patient o on o.tenant_id = $1::uuid and o.id = l.other_id
