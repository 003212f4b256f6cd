-- Package sizes of the NDCs that the lines name.
-- Served by drug_package_current.
select p.ndc11, p.package_size as "packageSize"
from drug_package p
where p.ndc11 = any($1::text[]) and p.known_to is null;
