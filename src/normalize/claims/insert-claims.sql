-- Keeps the claim transactions of a batch. One that is there already (12.13) takes over the receipt when ours is earlier.
-- Served by claim_transaction_same.
insert into claim_transaction as c (tenant_id,
  id, transaction_key, feed, received_at, ncpdp, provider_qualifier, provider_id, code, response_status, rx_number, fill_number,
  date_of_service, dispensing_status, bin, pcn, payer_group, cardholder, other_coverage, other_payers, adjudicated_at,
  batch_created_at, batch_id, batch_reference, transaction_index, ordinal, ndc_text, quantity, unit, days_supply, written_date,
  prescriber_qualifier, prescriber_id, patient_family_name, patient_given_name, family_compare, given_compare,
  patient_birth_date, patient_sex, patient_id_authority, patient_id_value, compound, submission_clarification, basis_of_cost,
  ingredient_cost, dispensing_fee, patient_pay, total_paid, raw_id, position)
select $1::uuid,
  x.id, x."transactionKey", x.feed, x."receivedAt", x.ncpdp, x."providerQualifier", x."providerId", x.code, x."responseStatus",
  x."rxNumber", x."fillNumber", x."dateOfService", x."dispensingStatus", x.bin, x.pcn, x."group", x.cardholder,
  x."otherCoverage", x."otherPayers", x."adjudicatedAt", x."batchCreatedAt", x."batchId", x."batchReference",
  x."transactionIndex", x.ordinal, x."ndcText", x.quantity, x.unit, x."daysSupply", x."writtenDate", x."prescriberQualifier",
  x."prescriberId", x."familyName", x."givenName", x."familyCompare", x."givenCompare", x."birthDate", x.sex,
  x."patientIdAuthority", x."patientIdValue", x.compound, x."submissionClarification", x."basisOfCost", x."ingredientCost",
  x."dispensingFee", x."patientPay", x."totalPaid", x."rawId", x.position
from json_to_recordset($2::text::json) as x(
  id uuid, "transactionKey" text, feed text, "receivedAt" timestamptz, ncpdp text, "providerQualifier" text, "providerId" text,
  code text, "responseStatus" text, "rxNumber" text, "fillNumber" int, "dateOfService" date, "dispensingStatus" text, bin text,
  pcn text, "group" text, cardholder text, "otherCoverage" int, "otherPayers" jsonb, "adjudicatedAt" timestamptz,
  "batchCreatedAt" timestamptz, "batchId" text, "batchReference" text, "transactionIndex" int, ordinal int, "ndcText" text,
  quantity numeric, unit text, "daysSupply" int, "writtenDate" date, "prescriberQualifier" text, "prescriberId" text,
  "familyName" text, "givenName" text, "familyCompare" text, "givenCompare" text, "birthDate" date, sex text,
  "patientIdAuthority" text, "patientIdValue" text, compound boolean, "submissionClarification" text[], "basisOfCost" text,
  "ingredientCost" numeric, "dispensingFee" numeric, "patientPay" numeric, "totalPaid" numeric, "rawId" uuid, position text)
order by x."transactionKey" collate "C"
on conflict (tenant_id, transaction_key) do update set
  feed = excluded.feed, received_at = excluded.received_at, provider_qualifier = excluded.provider_qualifier,
  provider_id = excluded.provider_id, batch_created_at = excluded.batch_created_at, batch_id = excluded.batch_id,
  batch_reference = excluded.batch_reference, transaction_index = excluded.transaction_index, ordinal = excluded.ordinal,
  raw_id = excluded.raw_id, position = excluded.position
where (excluded.received_at, excluded.raw_id, excluded.ordinal) < (c.received_at, c.raw_id, c.ordinal)
returning c.id, c.ncpdp, c.rx_number as "rxNumber"
