-- Packages of the NDC directory for the given 11-digit codes, with their products and orphan designations.
-- Served by drug_package_current, drug_product_current, orphan_designation_current.
select k.ndc11, k.id as "packageId", p.id as "productId", coalesce(p.product_type, '') as "productType",
  coalesce(p.schedule, '') as "schedule", k.package_size as "packageSize",
  coalesce(k.marketing_start, p.marketing_start) as "from", coalesce(k.marketing_end, p.marketing_end) as "to",
  coalesce(o.designated, false) as "orphan"
from drug_package k
left join drug_product p on p.known_to is null and p.product_ndc = k.product_ndc
left join orphan_designation o on o.known_to is null and o.product_ndc = k.product_ndc
where k.known_to is null and k.ndc11 = any ($2::text[]) and $1::uuid is not null
