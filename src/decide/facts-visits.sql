-- Visits of the matched patients within the look-back bounds, and those whose start is not known.
-- Served by encounter_patient.
select e.id, e.source_system as "sourceSystem", e.visit_number as "visitNumber", e.patient_id as "patientId", e.class,
  e.status, e.started_at as "startedAt", e.start_date as "startDate", e.site_id340b as "site"
from unnest($2::uuid[], $3::date[], $4::date[]) as k (patient_id, start_from, start_to)
join encounter e on e.tenant_id = $1::uuid and e.patient_id = k.patient_id
  and (e.start_date between k.start_from and k.start_to or e.start_date is null)
