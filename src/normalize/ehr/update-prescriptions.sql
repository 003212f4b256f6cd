-- Writes what the statements about some orders add up to.
-- Served by the primary key of prescription.
update prescription p set status = x.status, patient_id = x."patientId", visit_number = x."visitNumber",
  encounter_id = x."encounterId", rx_number = x."rxNumber", ndc_text = x."ndcText", ndc11 = x.ndc11, drug_name = x."drugName",
  written_date = x."writtenDate", prescriber_npi = x."prescriberNpi", quantity = x.quantity, refills = x.refills,
  raw_id = x."rawId", position = x.position
from json_to_recordset($2::text::json) as x(id uuid, status text, "patientId" uuid, "visitNumber" text, "encounterId" uuid,
  "rxNumber" text, "ndcText" text, ndc11 text, "drugName" text, "writtenDate" date, "prescriberNpi" text, quantity numeric,
  refills text, "rawId" uuid, position text)
where p.tenant_id = $1::uuid and p.id = x.id
