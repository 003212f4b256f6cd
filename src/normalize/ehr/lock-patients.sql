-- Locks the patients of a batch, in the order given, and reads them: whoever folds the same patient waits, then sees our statements.
-- Served by patient_key.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select p.id, p.source_system as "sourceSystem", p.key, p.family_name as "familyName", p.given_name as "givenName",
    p.family_compare as "familyCompare", p.given_compare as "givenCompare", p.birth_date as "birthDate", p.sex,
    p.postal_code as "postalCode", p.status, p.sources, p.raw_id as "rawId", p.position
  from patient p
  where p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.key = x.key
  offset 0
  for no key update
) held
