-- Patients whose orders state their drug as a short code that may mean one of the given nine-digit products.
-- Served by prescription_short_ndc.
select distinct r.patient_id as "patientId"
from prescription r
where r.tenant_id = $1::uuid and r.patient_id is not null and r.ndc11 is null and btrim(r.ndc_text) ~ '^[0-9]{1,10}$'
  and case when length(btrim(r.ndc_text)) = 10
    then array['0' || substr(btrim(r.ndc_text), 1, 8), substr(btrim(r.ndc_text), 1, 5) || '0' || substr(btrim(r.ndc_text), 6, 3),
      substr(btrim(r.ndc_text), 1, 9)]
    else array[substr(lpad(btrim(r.ndc_text), 11, '0'), 1, 9)] end && $2::text[]
