-- The baseline's stage: one typed table for the transactions of a batch with their answers, as durable as any other, without an index.
-- Served by nothing: it is only written.
create table if not exists bench_d0_stage (
  batch_no text, reference text, position_no int, bin text, code text, pcn text, provider_qualifier text, provider_id text,
  service_date date, patient_qualifier text, patient_id text, birth_date date, sex text, first_name text, last_name text,
  cardholder text, payer_group text, rx_no text, product_qualifier text, ndc text, quantity numeric, fill_no int, days_supply int,
  compound text, written_date date, clarifications text, unit text, ingredient_cost numeric, dispensing_fee numeric,
  patient_paid numeric, basis text, prescriber_qualifier text, prescriber_id text, status text, reject_code text,
  paid_by_patient numeric, ingredient_paid numeric, fee_paid numeric, total_paid numeric
);
