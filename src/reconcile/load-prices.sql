-- Catalogue prices of the NDCs and account types that the lines name.
-- Served by drug_price_current.
select p.ndc11, p.account_type as "accountType", p.package_price as "packagePrice", p.valid_from as "validFrom", p.valid_to as "validTo"
from drug_price p
where p.tenant_id = $1::uuid and p.ndc11 = any($2::text[]) and p.known_to is null;
