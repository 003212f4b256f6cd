-- Writes what the statements about some orders add up to; each row is there and locked, so every insert meets it by its id.
-- Served by the primary key of prescription.
insert into prescription (tenant_id, id, source_system, order_number, status, patient_id, visit_number, encounter_id, rx_number,
  ndc_text, ndc11, drug_name, written_date, prescriber_npi, quantity, refills, sources, raw_id, position)
select $1::uuid, x.id, x."sourceSystem", x.key, x.status, x."patientId", x."visitNumber", x."encounterId", x."rxNumber",
  x."ndcText", x.ndc11, x."drugName", x."writtenDate", x."prescriberNpi", x.quantity, x.refills, x.sources, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, status text, "patientId" uuid,
  "visitNumber" text, "encounterId" uuid, "rxNumber" text, "ndcText" text, ndc11 text, "drugName" text, "writtenDate" date,
  "prescriberNpi" text, quantity numeric, refills text, sources jsonb, "rawId" uuid, position text)
on conflict (tenant_id, id) do update set status = excluded.status, patient_id = excluded.patient_id,
  visit_number = excluded.visit_number, encounter_id = excluded.encounter_id, rx_number = excluded.rx_number,
  ndc_text = excluded.ndc_text, ndc11 = excluded.ndc11, drug_name = excluded.drug_name, written_date = excluded.written_date,
  prescriber_npi = excluded.prescriber_npi, quantity = excluded.quantity, refills = excluded.refills, sources = excluded.sources,
  raw_id = excluded.raw_id, position = excluded.position
