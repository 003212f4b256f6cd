-- All names, birth dates and identifiers that the given patients have ever been stated with, and their present ones.
-- Served by patient's primary key, the primary key of ehr_event, patient_identifier's primary key.
select p.id, s.body ->> 'familyName' as "familyName", s.body ->> 'givenName' as "givenName",
  s.body ->> 'birthDate' as "birthDate", s.body -> 'identifiers' as "identifiers"
from patient p
join ehr_event s on s.tenant_id = $1::uuid and s.source_system = p.source_system and s.kind in ('PATIENT', 'WITHDRAWN_PATIENT') and s.key = p.key
where p.tenant_id = $1::uuid and p.id = any ($2::uuid[])
union all
select p.id, p.family_name, p.given_name, p.birth_date::text, (
  select json_agg(json_build_object('authority', i.authority, 'type', i.type, 'value', i.value))::jsonb
  from patient_identifier i
  where i.tenant_id = $1::uuid and i.patient_id = p.id)
from patient p
where p.tenant_id = $1::uuid and p.id = any ($2::uuid[])
