-- Where the claims of a batch wait for the statements that keep them: COPY into a table under row-level security is refused, and a typed stage is read fastest. One of each connection, emptied by every commit.
-- Served by nothing: it is read whole. `n` numbers the claims, `payload` points into the list of payloads that the statements get, `npi` into that of the pharmacies.
create temporary table if not exists claim_stage (
  n int, payload int, id uuid, ncpdp text, npi text,
  provider_qualifier text, provider_id text, batch_created_at timestamptz, batch_id text, batch_reference text,
  transaction_index int, ordinal int, position text, family_compare text, given_compare text,
  code text, response_status text, rx_number text, fill_number int, date_of_service date, dispensing_status text, bin text,
  pcn text, payer_group text, cardholder text, other_coverage int, other_payers jsonb, adjudicated_at timestamptz,
  ndc_text text, quantity numeric(14, 3), unit text, days_supply int, written_date date, prescriber_qualifier text,
  prescriber_id text, patient_family_name text, patient_given_name text, patient_birth_date date, patient_sex text,
  patient_id_authority text, patient_id_value text, compound boolean, submission_clarification text[], basis_of_cost text,
  ingredient_cost numeric(14, 2), dispensing_fee numeric(14, 2), patient_pay numeric(14, 2), total_paid numeric(14, 2),
  transaction_key uuid
) on commit delete rows
