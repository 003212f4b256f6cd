-- Takes identifiers from patients that no statement gives them any more, and clears those of whom nothing is said; answers whom.
-- Served by patient_key, the primary key of ehr_event, patient_identifier's primary key, the primary key of patient.
with person as (
  select p.id, p.source_system, p.key
  from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
  cross join lateral (
    select p.id, p.source_system, p.key
    from patient p
    where p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.key = x.key
    offset 0
  ) p
), stated as (
  select p.id, i.authority, i.type, i.value
  from person p
  cross join lateral (
    select e.body
    from ehr_event e
    where e.tenant_id = $1::uuid and e.source_system = p.source_system and e.kind = 'PATIENT' and e.key = p.key
    offset 0
  ) e
  cross join lateral jsonb_to_recordset(e.body -> 'identifiers') as i (authority text, type text, value text)
), fewer as (
  delete from patient_identifier i
  using person p
  where i.tenant_id = $1::uuid and i.patient_id = p.id and not exists (
    select 1 from stated s
    where s.id = i.patient_id and s.authority = i.authority and s.type = i.type and s.value = i.value)
  returning i.patient_id as id
), cleared as (
  update patient p set family_name = null, given_name = null, family_compare = null, given_compare = null, birth_date = null,
    sex = null, postal_code = null, status = 'ACTIVE', sources = '[]'
  from person
  where p.tenant_id = $1::uuid and p.id = person.id and not exists (select 1 from stated s where s.id = person.id)
  returning p.id
)
select id from fewer union select id from cleared
