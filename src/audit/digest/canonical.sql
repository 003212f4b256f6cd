-- Every other derived row that a fact stands behind, by natural key: what a hand could change unseen by the four parts above.
-- Of two payloads that say the same, the one read second counts it as duplicate: that is history of processing, so both counts are one here.
-- Served by the unique keys of the tables.
select 'patient|' || concat_ws('|', p.source_system, p.key, p.family_name, p.given_name, p.family_compare, p.given_compare, p.birth_date, p.sex, p.postal_code, p.status, p.position, p.sources,
  (select string_agg(concat_ws('^', i.authority, i.type, i.value), '~' order by i.authority collate "C", i.type collate "C", i.value collate "C") from patient_identifier i where i.tenant_id = $1::uuid and i.patient_id = p.id),
  (select string_agg(concat_ws('^', l.kind, o.key, l.since, l.raw_id, l.position), '~' order by o.key collate "C") from patient_link l
    join patient o on o.tenant_id = $1::uuid and o.id = l.other_id where l.tenant_id = $1::uuid and l.patient_id = p.id)) as line
from patient p where p.tenant_id = $1::uuid
  -- A patient of whom nothing is said any more (its message was replaced) stays as an empty row.
  and exists (select 1 from patient_identifier i where i.tenant_id = $1::uuid and i.patient_id = p.id)
union all
select 'encounter|' || concat_ws('|', e.source_system, e.visit_number, (select p.key from patient p where p.tenant_id = $1::uuid and p.id = e.patient_id), e.class, e.status, e.started_at,
  e.start_date, e.started_at_text, e.ended_at, e.facility, e.location, e.site_id340b, e.attending_npi, e.account, e.history, e.sources, e.raw_id, e.position)
from encounter e where e.tenant_id = $1::uuid
union all
select 'prescription|' || concat_ws('|', r.source_system, r.order_number, r.status, (select p.key from patient p where p.tenant_id = $1::uuid and p.id = r.patient_id), r.visit_number,
  (select e.visit_number from encounter e where e.tenant_id = $1::uuid and e.id = r.encounter_id), r.rx_number, r.ndc_text, r.ndc11, r.drug_name, r.written_date, r.prescriber_npi, r.quantity, r.refills, r.sources, r.raw_id, r.position)
from prescription r where r.tenant_id = $1::uuid
union all
select 'claim|' || concat_ws('|', c.transaction_key, c.ncpdp, c.code, c.response_status, c.rx_number, c.fill_number, c.date_of_service, c.bin, c.pcn, c.payer_group, c.cardholder, c.adjudicated_at, c.ndc_text,
  c.quantity, c.unit, c.days_supply, c.written_date, c.prescriber_id, c.patient_family_name, c.patient_given_name, c.family_compare, c.given_compare, c.patient_birth_date, c.patient_sex,
  c.ingredient_cost, c.dispensing_fee, c.patient_pay, c.total_paid, c.received_at, c.raw_id, c.position)
from claim_transaction c where c.tenant_id = $1::uuid
union all
select 'dispense|' || concat_ws('|', d.ncpdp, d.rx_number, d.fill_number, d.date_of_service, d.dispensing_status, d.ever_paid, d.ndc_text, d.unit, d.days_supply, d.written_date, d.prescriber_id, d.bin, d.pcn,
  d.payer_group, d.plan_type, d.first_received_at, d.raw_id, d.position)
from dispense d where d.tenant_id = $1::uuid
  and exists (select 1 from claim_transaction c where c.tenant_id = $1::uuid and c.ncpdp = d.ncpdp and c.rx_number = d.rx_number)
union all
select 'invoice|' || concat_ws('|', i.wholesaler, i.account_number, i.invoice_number, i.content_hash, i.kind, i.invoice_date, i.original_invoice, i.purchase_order, i.total, i.allowances, i.charges, i.tax,
  i.created_at, i.current, i.account_type, i.entity, i.ncpdp, i.raw_id, i.position)
from invoice i where i.tenant_id = $1::uuid
union all
select 'invoice_line|' || concat_ws('|', i.wholesaler, i.account_number, i.invoice_number, i.content_hash, l.ordinal, l.line_number, l.ndc_text, l.ndc11, l.packages, l.unit_price, l.amount, l.entity, l.ncpdp,
  l.bucket, l.quantity, l.effective_quantity, l.allocated_quantity, l.state, l.current, l.invoice_date)
from invoice_line l
join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id
where l.tenant_id = $1::uuid
union all
select 'order_document|' || concat_ws('|', o.kind, o.wholesaler, o.account_number, o.document_number, o.purchase_order, o.document_date, o.purpose, o.response, o.content_hash, o.created_at, o.received_at, o.raw_id, o.position)
from order_document o where o.tenant_id = $1::uuid
union all
select 'edi_acknowledgement|' || concat_ws('|', a.partner, a.kind, a.functional_code, a.control_number, a.status, a.content_hash, a.created_at, a.received_at, a.raw_id, a.position)
from edi_acknowledgement a where a.tenant_id = $1::uuid
union all
select 'edi_group|' || concat_ws('|', g.raw_id, g.position, g.partner, g.functional_code, g.control_number, g.state)
from edi_group g where g.tenant_id = $1::uuid
union all
select 'import|' || concat_ws('|', d.raw_id, d.kind, d.feed, d.received_at, d.rows, d.added, d.changed, d.ended, d.unchanged)
from data_import d where d.tenant_id = $1::uuid
union all
select 'record_error|' || concat_ws('|', x.raw_id, x.ordinal, x.position, x.field, x.message, x.original, x.accepted)
from record_error x where x.tenant_id = $1::uuid
union all
select 'raw_state|' || concat_ws('|', s.raw_id, s.state, s.records, s.accepted + s.duplicate, s.rejected, s.ignored)
from raw_state s where s.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'affiliation', a.npi, a.entity, a.family_name, a.given_name, a.affiliation, a.valid_from, a.valid_to, a.known_from, a.known_to, a.ended_on) from prescriber_affiliation a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'crosswalk', a.facility, a.location, a.site, a.valid_from, a.valid_to, a.known_from, a.known_to, a.ended_on) from location_crosswalk a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'pharmacy', a.ncpdp, a.npi, a.name, a.state, a.opais_pharmacy_id, a.in_house_of, a.in_house_from, array_to_string(a.carve_in_reported_for, ';'), a.known_from, a.known_to) from pharmacy a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'plan', a.bin, a.pcn, a.payer_group, a.plan_type, a.state, a.valid_from, a.valid_to, a.known_from, a.known_to) from plan a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'medicaid', a.entity, a.state, a.plan_type, a.decision, a.valid_from, a.valid_to, a.known_from, a.known_to) from medicaid_policy a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'manufacturer', a.labeler, array_to_string(a.exempt_entity_types, ';'), array_to_string(a.exempt_states, ';'), array_to_string(a.designated, ';'), a.valid_from, a.valid_to, a.known_from, a.known_to) from manufacturer_policy a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'account', a.wholesaler, a.account_number, a.account_type, a.entity, a.ncpdp, a.known_from, a.known_to) from wholesaler_account a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'price', a.ndc11, a.account_type, a.package_price, a.valid_from, a.valid_to, a.known_from, a.known_to) from drug_price a where a.tenant_id = $1::uuid
union all
select 'master|' || concat_ws('|', 'fee', a.ncpdp, a.entity, a.plan_type, a.fee, a.valid_from, a.valid_to, a.known_from, a.known_to) from fee_schedule a where a.tenant_id = $1::uuid
