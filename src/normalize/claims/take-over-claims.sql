-- Staged claims that are there already by a later receipt take their rows over (12.13, 12.33a); answers their numbers as a list in text. Payloads: $2 raw ids, $3 feeds, $4 instants of receipt; pharmacies: $5 NPIs, $6 NCPDP ids.
-- Served by claim_transaction_rx.
-- By way of a conflict: only so is the row certainly looked for by its key; a join would be planned on what is known of a table that grows faster than it is analysed.
with chosen as (
  -- A pharmacy may be named by its NPI and by its own id: of claims that prove to be one the first counts.
  select distinct on (coalesce(p.ncpdp, s.ncpdp) collate "C", s.rx_number collate "C", s.transaction_key)
    s.*, coalesce(p.ncpdp, s.ncpdp) as pharmacy
  from claim_stage s
  left join unnest($5::text[], $6::text[]) as p (npi, ncpdp) on p.npi = s.npi
  order by coalesce(p.ncpdp, s.ncpdp) collate "C", s.rx_number collate "C", s.transaction_key, s.n
), earlier as (
  insert into claim_transaction as c (tenant_id,
    id, transaction_key, feed, received_at, ncpdp, provider_qualifier, provider_id, code, response_status, rx_number, fill_number,
    date_of_service, dispensing_status, bin, pcn, payer_group, cardholder, other_coverage, other_payers, adjudicated_at,
    batch_created_at, batch_id, batch_reference, transaction_index, ordinal, ndc_text, quantity, unit, days_supply, written_date,
    prescriber_qualifier, prescriber_id, patient_family_name, patient_given_name, family_compare, given_compare,
    patient_birth_date, patient_sex, patient_id_authority, patient_id_value, compound, submission_clarification, basis_of_cost,
    ingredient_cost, dispensing_fee, patient_pay, total_paid, raw_id, position)
  select $1::uuid,
    s.id, s.transaction_key, r.feed, r.received_at, s.pharmacy, s.provider_qualifier, s.provider_id, s.code, s.response_status,
    s.rx_number, s.fill_number, s.date_of_service, s.dispensing_status, s.bin, s.pcn, s.payer_group, s.cardholder,
    s.other_coverage, s.other_payers, s.adjudicated_at, s.batch_created_at, s.batch_id, s.batch_reference, s.transaction_index,
    s.ordinal, s.ndc_text, s.quantity, s.unit, s.days_supply, s.written_date, s.prescriber_qualifier, s.prescriber_id,
    s.patient_family_name, s.patient_given_name, s.family_compare, s.given_compare, s.patient_birth_date, s.patient_sex,
    s.patient_id_authority, s.patient_id_value, s.compound, s.submission_clarification, s.basis_of_cost, s.ingredient_cost,
    s.dispensing_fee, s.patient_pay, s.total_paid, r.raw_id, s.position
  from chosen s
  join unnest($2::uuid[], $3::text[], $4::timestamptz[]) with ordinality as r (raw_id, feed, received_at, payload) on r.payload = s.payload
  order by s.pharmacy collate "C", s.rx_number collate "C", s.transaction_key
  on conflict (tenant_id, ncpdp, rx_number, transaction_key) do update set
    feed = excluded.feed, received_at = excluded.received_at, provider_qualifier = excluded.provider_qualifier,
    provider_id = excluded.provider_id, batch_created_at = excluded.batch_created_at, batch_id = excluded.batch_id,
    batch_reference = excluded.batch_reference, transaction_index = excluded.transaction_index, ordinal = excluded.ordinal,
    raw_id = excluded.raw_id, position = excluded.position
  where (excluded.received_at, excluded.raw_id, excluded.ordinal) < (c.received_at, c.raw_id, c.ordinal)
  returning c.ncpdp, c.rx_number, c.transaction_key
)
select string_agg(s.n::text, ',') as taken
from earlier e
join chosen s on s.pharmacy = e.ncpdp and s.rx_number = e.rx_number and s.transaction_key = e.transaction_key
