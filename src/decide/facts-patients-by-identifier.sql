-- Patients that carry one of the given identifiers (assigning authority, value), and whether it is the one that names them.
-- Served by patient_identifier_value, patient's primary key.
select distinct i.authority, i.value, p.id, p.source_system as "sourceSystem",
  p.key = i.authority || '|' || i.type || '|' || i.value as "namedByIt"
from unnest($2::text[], $3::text[]) as k (authority, value)
join patient_identifier i on i.tenant_id = $1::uuid and i.authority = k.authority and i.value = k.value
join patient p on p.tenant_id = $1::uuid and p.id = i.patient_id
where p.status <> 'DELETED'
