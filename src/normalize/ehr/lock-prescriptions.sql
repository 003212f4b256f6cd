-- Locks the orders of a batch, in the order given, and reads them: whoever folds the same order waits, then sees our statements.
-- Served by prescription_order.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select p.id, p.source_system as "sourceSystem", p.order_number as key, p.status, p.patient_id as "patientId",
    p.visit_number as "visitNumber", p.encounter_id as "encounterId", p.rx_number as "rxNumber", p.ndc_text as "ndcText",
    p.ndc11, p.drug_name as "drugName", p.written_date as "writtenDate", p.prescriber_npi as "prescriberNpi", p.quantity,
    p.refills, p.sources, p.raw_id as "rawId", p.position
  from prescription p
  where p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.order_number = x.key
  offset 0
  for no key update
) held
