-- Patients of the given orders: the present one and those that earlier statements named.
-- Served by prescription's primary key, the primary key of ehr_event, patient_identifier_value.
select r.patient_id as "patientId"
from prescription r
where r.tenant_id = $1::uuid and r.id = any ($2::uuid[]) and r.patient_id is not null
union
select i.patient_id
from prescription r
join ehr_event s on s.tenant_id = $1::uuid and s.source_system = r.source_system and s.kind in ('PRESCRIPTION', 'WITHDRAWN_PRESCRIPTION') and s.key = r.order_number
cross join lateral jsonb_to_recordset(case when jsonb_typeof(s.body -> 'patientIdentifiers') = 'array'
  then s.body -> 'patientIdentifiers' else '[]'::jsonb end) as n (authority text, value text)
join patient_identifier i on i.tenant_id = $1::uuid and i.authority = n.authority and i.value = n.value
where r.tenant_id = $1::uuid and r.id = any ($2::uuid[])
