-- Keeps the staged claims; a clause for those that are there already may follow (12.13). Payloads: $2 raw ids, $3 feeds, $4 instants of receipt; pharmacies: $5 NPIs, $6 NCPDP ids.
-- Served by claim_transaction_rx.
insert into claim_transaction (tenant_id,
  id, transaction_key, feed, received_at, ncpdp, provider_qualifier, provider_id, code, response_status, rx_number, fill_number,
  date_of_service, dispensing_status, bin, pcn, payer_group, cardholder, other_coverage, other_payers, adjudicated_at,
  batch_created_at, batch_id, batch_reference, transaction_index, ordinal, ndc_text, quantity, unit, days_supply, written_date,
  prescriber_qualifier, prescriber_id, patient_family_name, patient_given_name, family_compare, given_compare,
  patient_birth_date, patient_sex, patient_id_authority, patient_id_value, compound, submission_clarification, basis_of_cost,
  ingredient_cost, dispensing_fee, patient_pay, total_paid, raw_id, position)
select $1::uuid,
  s.id, s.transaction_key, r.feed, r.received_at, coalesce(p.ncpdp, s.ncpdp), s.provider_qualifier, s.provider_id, s.code,
  s.response_status, s.rx_number, s.fill_number, s.date_of_service, s.dispensing_status, s.bin, s.pcn, s.payer_group, s.cardholder,
  s.other_coverage, s.other_payers, s.adjudicated_at, s.batch_created_at, s.batch_id, s.batch_reference, s.transaction_index,
  s.ordinal, s.ndc_text, s.quantity, s.unit, s.days_supply, s.written_date, s.prescriber_qualifier, s.prescriber_id,
  s.patient_family_name, s.patient_given_name, s.family_compare, s.given_compare, s.patient_birth_date, s.patient_sex,
  s.patient_id_authority, s.patient_id_value, s.compound, s.submission_clarification, s.basis_of_cost, s.ingredient_cost,
  s.dispensing_fee, s.patient_pay, s.total_paid, r.raw_id, s.position
from claim_stage s
join unnest($2::uuid[], $3::text[], $4::timestamptz[]) with ordinality as r (raw_id, feed, received_at, payload) on r.payload = s.payload
left join unnest($5::text[], $6::text[]) as p (npi, ncpdp) on p.npi = s.npi
-- In no order of keys: sorting costs a fifth of all. Two workers that store the same new claims may have to try again.
