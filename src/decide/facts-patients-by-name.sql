-- Patients whose compared names and birth date are the given ones.
-- Served by patient_name.
select p.family_compare as "family", p.given_compare as "given", p.birth_date as "birthDate", p.id,
  p.source_system as "sourceSystem", p.sex
from unnest($2::text[], $3::text[], $4::date[]) as k (family, given, birth_date)
join patient p on p.tenant_id = $1::uuid and p.family_compare = k.family and p.given_compare = k.given
  and p.birth_date = k.birth_date and p.status <> 'DELETED'
