-- The current public reference rows, by natural key.
-- Served by the partial unique keys of the tables.
select 'entity|' || concat_ws('|', r.id340b, r.parent340b, r.name, r.entity_type, r.state, r.participating, r.start_date, r.termination_date) as line from covered_entity r where r.known_to is null
union all select 'contract|' || concat_ws('|', r.id340b, r.contract_id, r.opais_pharmacy_id, r.begin_date, r.termination_date) from contract_pharmacy r where r.known_to is null
union all select 'medicaid|' || concat_ws('|', r.id340b, r.state, r.number, r.number_kind) from medicaid_number r where r.known_to is null
union all select 'mef|' || concat_ws('|', r.quarter, r.id340b, r.state, r.medicaid_number, r.npi, r.start_date, r.termination_date) from medicaid_exclusion r where r.known_to is null
union all select 'product|' || concat_ws('|', r.product_ndc, r.product_type, r.name, r.schedule, r.marketing_start, r.marketing_end) from drug_product r where r.known_to is null
union all select 'package|' || concat_ws('|', r.ndc11, r.product_ndc, r.package_size, r.unit, r.marketing_start, r.marketing_end) from drug_package r where r.known_to is null
union all select 'orphan|' || concat_ws('|', r.product_ndc, r.designated) from orphan_designation r where r.known_to is null
union all select 'nadac|' || concat_ws('|', r.ndc11, r.effective_from, r.unit_cost, r.unit) from nadac_price r where r.known_to is null
union all select 'hcpcs|' || concat_ws('|', r.hcpcs, r.ndc11, r.drug_name, r.dosage, r.bill_units) from hcpcs_ndc r where r.known_to is null
