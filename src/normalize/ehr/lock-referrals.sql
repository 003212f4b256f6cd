-- Locks the referrals of a batch, in the order given, and reads them: whoever folds the same one waits, then sees our statements.
-- Served by referral_number.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select
    r.id, r.source_system as "sourceSystem", r.number as key, r.patient_id as "patientId", r.status,
    r.visit_number as "visitNumber", r.service, r.ordered_date as "orderedDate", r.requester_npi as "requesterNpi",
    r.performer_npi as "performerNpi", r.sources, r.raw_id as "rawId", r.position
  from referral r
  where r.tenant_id = $1::uuid and r.source_system = x."sourceSystem" and r.number = x.key
  offset 0
  for no key update
) held
