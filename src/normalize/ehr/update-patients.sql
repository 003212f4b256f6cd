-- Writes what the statements about some patients add up to.
-- Served by the primary key of patient.
update patient p set family_name = x."familyName", given_name = x."givenName", family_compare = x."familyCompare",
  given_compare = x."givenCompare", birth_date = x."birthDate", sex = x.sex, postal_code = x."postalCode",
  raw_id = x."rawId", position = x.position
from json_to_recordset($2::text::json) as x(id uuid, "familyName" text, "givenName" text, "familyCompare" text, "givenCompare" text,
  "birthDate" date, sex text, "postalCode" text, "rawId" uuid, position text)
where p.tenant_id = $1::uuid and p.id = x.id
