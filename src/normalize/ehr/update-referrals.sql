-- Writes what the statements about some referrals add up to; each row is there and locked, so every insert meets it by its id.
-- Served by the primary key of referral.
insert into referral (
  tenant_id, id, source_system, number, patient_id, status, visit_number, service, ordered_date, requester_npi,
  performer_npi, sources, raw_id, position)
select
  $1::uuid, x.id, x."sourceSystem", x.key, x."patientId", x.status, x."visitNumber", x.service, x."orderedDate",
  x."requesterNpi", x."performerNpi", x.sources, x."rawId", x.position
from json_to_recordset($2::text::json) as x(
  id uuid, "sourceSystem" text, key text, "patientId" uuid, status text, "visitNumber" text, service text,
  "orderedDate" date, "requesterNpi" text, "performerNpi" text, sources jsonb, "rawId" uuid, position text)
on conflict (tenant_id, id) do update set
  patient_id = excluded.patient_id, status = excluded.status, visit_number = excluded.visit_number,
  service = excluded.service, ordered_date = excluded.ordered_date, requester_npi = excluded.requester_npi,
  performer_npi = excluded.performer_npi, sources = excluded.sources, raw_id = excluded.raw_id, position = excluded.position
