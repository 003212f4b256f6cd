-- Four visits of each patient within ten months: one in twenty inpatient, one in thirty without a known class, one in forty
-- cancelled; at sites of the patient's entity, now and then at one of the other.
-- Served by encounter_patient.
insert into encounter (tenant_id, id, source_system, visit_number, patient_id, class, status, started_at, start_date, started_at_text,
  ended_at, facility, location, site_id340b, attending_npi, raw_id, position)
select $1::uuid, gen_random_uuid(), 'ehr', p.key || 'V' || k, p.id,
  case when h.n % 20 = 3 then 'IMP' when h.n % 30 = 7 then 'UNKNOWN' else 'AMB' end,
  case when h.n % 40 = 11 then 'CANCELLED' else 'ACTIVE' end,
  (h.day + time '15:00') at time zone 'UTC', h.day, null, null, 'MAIN', 'L' || h.n % 6,
  case when (h.patient + (h.n % 13 = 5)::int) % 2 = 0 then 'DSH340001' else 'CAH340002' end
    || case h.n % 4 when 0 then '' else chr(64 + (h.n % 4)) end,
  null, gen_random_uuid(), 'message 1'
from patient p
cross join generate_series(1, 4) as k
cross join lateral (
  select substr(p.key, 2)::int as patient, substr(p.key, 2)::int * 7 + k * 13 as n,
    date '2025-03-01' + (substr(p.key, 2)::int * 37 + k * 79) % 300 as day
) h
where p.tenant_id = $1::uuid
