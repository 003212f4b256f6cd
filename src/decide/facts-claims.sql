-- All claim transactions of the given prescriptions at pharmacies, each with the answer of its response file when it has none of its own.
-- Served by claim_transaction_rx, the primary key of claim_response.
select c.id, c.transaction_key as "transactionKey", c.ncpdp, c.rx_number as "rxNumber", c.code,
  coalesce(nullif(c.response_status, ''), r.response_status, '') as "responseStatus",
  c.fill_number as "fillNumber", c.date_of_service as "dateOfService", c.dispensing_status as "dispensingStatus",
  c.bin, c.pcn, c.payer_group as "payerGroup", c.other_coverage as "otherCoverage", c.other_payers as "otherPayers",
  c.adjudicated_at as "adjudicatedAt", c.batch_created_at as "batchCreatedAt", c.batch_reference as "batchReference",
  c.transaction_index as "transactionIndex", c.ordinal, c.received_at as "receivedAt",
  c.ndc_text as "ndcText", c.quantity, c.unit, c.days_supply as "daysSupply", c.written_date as "writtenDate",
  c.prescriber_id as "prescriberId", c.family_compare as "familyCompare", c.given_compare as "givenCompare",
  c.patient_birth_date as "birthDate", c.patient_sex as "sex", c.patient_id_authority as "idAuthority",
  c.patient_id_value as "idValue", coalesce(c.total_paid, r.total_paid) as "totalPaid", c.raw_id as "rawId", c.position
from unnest($2::text[], $3::text[]) as k (ncpdp, rx_number)
join claim_transaction c on c.tenant_id = $1::uuid and c.ncpdp = k.ncpdp and c.rx_number = k.rx_number
left join lateral (
  -- D, S and Q repeat an answer and change nothing (12.14); of real answers the first counts.
  select a.response_status, a.total_paid
  from claim_response a
  where c.response_status = '' and a.tenant_id = $1::uuid and a.feed = c.feed and a.batch_id = c.batch_id
    and a.batch_reference = c.batch_reference and a.transaction_index = c.transaction_index
  order by a.response_status in ('D', 'S', 'Q'), a.received_at, a.raw_id
  limit 1
) r on true
