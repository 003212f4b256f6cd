-- Writes what the statements about some consult notes add up to; each row is there and locked, so every insert meets it by its id.
-- Served by the primary key of consult_note.
insert into consult_note (
  tenant_id, id, source_system, number, patient_id, status, referral_number, author_npi, written_date, sources, raw_id,
  position)
select
  $1::uuid, x.id, x."sourceSystem", x.key, x."patientId", x.status, x."referralNumber", x."authorNpi", x."writtenDate",
  x.sources, x."rawId", x.position
from json_to_recordset($2::text::json) as x(
  id uuid, "sourceSystem" text, key text, "patientId" uuid, status text, "referralNumber" text, "authorNpi" text,
  "writtenDate" date, sources jsonb, "rawId" uuid, position text)
on conflict (tenant_id, id) do update set
  patient_id = excluded.patient_id, status = excluded.status, referral_number = excluded.referral_number,
  author_npi = excluded.author_npi, written_date = excluded.written_date, sources = excluded.sources,
  raw_id = excluded.raw_id, position = excluded.position
