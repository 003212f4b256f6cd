-- Two fills of each prescription, written on the day of a visit (one in twelve long before any) and paid; three in ten name the
-- patient by name only, one in twenty is reversed.
-- Served by claim_transaction_rx.
insert into claim_transaction (tenant_id, id, transaction_key, feed, received_at, ncpdp, provider_qualifier, provider_id, code,
  response_status, rx_number, fill_number, date_of_service, dispensing_status, bin, pcn, payer_group, cardholder, other_coverage,
  other_payers, adjudicated_at, batch_created_at, batch_id, batch_reference, transaction_index, ordinal, ndc_text, quantity, unit,
  days_supply, written_date, prescriber_qualifier, prescriber_id, patient_family_name, patient_given_name, family_compare, given_compare,
  patient_birth_date, patient_sex, patient_id_authority, patient_id_value, compound, submission_clarification, basis_of_cost,
  ingredient_cost, dispensing_fee, patient_pay, total_paid, raw_id, position)
select $1::uuid, gen_random_uuid(), md5(h.rx || '|' || f || '|' || c.code)::uuid,
  'claims', (h.written + 3 + 30 * f + time '23:00') at time zone 'UTC', h.ncpdp, '07', h.ncpdp, c.code, case c.code when 'B2' then 'A' else 'P' end,
  (1000000 + h.rx)::text, f, h.written + 2 + 30 * f, '', (610001 + h.rx % 20)::text, 'PCN', 'GRP', 'C' || h.patient, 0, '[]',
  (h.written + 2 + 30 * f + case c.code when 'B2' then time '20:00' else time '16:00' end) at time zone 'UTC', null, '', '', 1, 1, h.ndc11,
  30, 'EA', 30, h.written, '01', ($2::text[])[1 + h.prescriber % cardinality($2::text[])], 'FAMILY' || h.patient, 'GIVEN',
  'FAMILY' || h.patient, 'GIVEN', date '1950-01-01' + h.patient % 20000, case when h.patient % 2 = 0 then 'F' else 'M' end,
  case when h.rx % 10 < 7 then 'BENCH' end, case when h.rx % 10 < 7 then 'P' || h.patient end, false, array[]::text[], '01',
  30.00, 2.50, 5.00, 27.50, gen_random_uuid(), 'line ' || h.rx
from encounter e
cross join lateral (
  select substr(split_part(e.visit_number, 'V', 1), 2)::int as patient,
    substr(split_part(e.visit_number, 'V', 1), 2)::int * 4 + split_part(e.visit_number, 'V', 2)::int as rx
) r
cross join lateral (
  select r.patient, r.rx, (5100001 + r.rx % 40)::text as ncpdp,
    (10000 + r.rx % 40)::text || lpad((1 + r.rx / 40 % 50)::text, 4, '0') || '01' as ndc11,
    1 - r.patient % 2 + 2 * (r.rx % 200) as prescriber,
    case when r.rx % 12 = 5 then e.start_date - 700 else e.start_date end as written
) h
cross join generate_series(0, 1) as f
join (values ('B1'), ('B2')) as c (code) on c.code = 'B1' or (h.rx + f) % 20 = 13
where e.tenant_id = $1::uuid
