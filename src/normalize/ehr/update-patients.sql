-- Writes what the statements about some patients add up to; each row is there and locked, so every insert meets it by its id.
-- Served by the primary key of patient.
insert into patient (tenant_id, id, source_system, key, family_name, given_name, family_compare, given_compare, birth_date, sex,
  postal_code, status, sources, raw_id, position)
select $1::uuid, x.id, x."sourceSystem", x.key, x."familyName", x."givenName", x."familyCompare", x."givenCompare", x."birthDate",
  x.sex, x."postalCode", x.status, x.sources, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, "familyName" text, "givenName" text,
  "familyCompare" text, "givenCompare" text, "birthDate" date, sex text, "postalCode" text, status text, sources jsonb,
  "rawId" uuid, position text)
on conflict (tenant_id, id) do update set family_name = excluded.family_name, given_name = excluded.given_name,
  family_compare = excluded.family_compare, given_compare = excluded.given_compare, birth_date = excluded.birth_date,
  sex = excluded.sex, postal_code = excluded.postal_code, status = excluded.status,
  sources = excluded.sources, raw_id = excluded.raw_id, position = excluded.position
