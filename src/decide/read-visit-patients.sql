-- Patients of the given visits: the present one, those that earlier statements named, those whose orders name the visit.
-- Served by encounter's primary key, the primary key of ehr_event, patient_identifier_value, prescription_visit.
select e.patient_id as "patientId"
from encounter e
where e.tenant_id = $1::uuid and e.id = any ($2::uuid[]) and e.patient_id is not null
union
select i.patient_id
from encounter e
join ehr_event s on s.tenant_id = $1::uuid and s.source_system = e.source_system and s.kind in ('VISIT', 'WITHDRAWN_VISIT') and s.key = e.visit_number
cross join lateral jsonb_to_recordset(case when jsonb_typeof(s.body -> 'patientIdentifiers') = 'array'
  then s.body -> 'patientIdentifiers' else '[]'::jsonb end) as n (authority text, value text)
join patient_identifier i on i.tenant_id = $1::uuid and i.authority = n.authority and i.value = n.value
where e.tenant_id = $1::uuid and e.id = any ($2::uuid[])
union
select r.patient_id
from encounter e
join prescription r on r.tenant_id = $1::uuid and r.source_system = e.source_system and r.visit_number = e.visit_number
where e.tenant_id = $1::uuid and e.id = any ($2::uuid[]) and r.patient_id is not null
