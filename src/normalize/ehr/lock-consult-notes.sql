-- Locks the consult notes of a batch, in the order given, and reads them: whoever folds the same one waits, then sees our statements.
-- Served by consult_note_number.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select
    n.id, n.source_system as "sourceSystem", n.number as key, n.patient_id as "patientId", n.status,
    n.referral_number as "referralNumber", n.author_npi as "authorNpi", n.written_date as "writtenDate", n.sources,
    n.raw_id as "rawId", n.position
  from consult_note n
  where n.tenant_id = $1::uuid and n.source_system = x."sourceSystem" and n.number = x.key
  offset 0
  for no key update
) held
