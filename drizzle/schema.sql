-- The database schema as it stands after all migrations. Printed by "npm run db:dump"; do not edit by hand.
-- Every tenant table enables and forces row level security with the one policy
--   tenant_isolation using and with check (tenant_id = nullif(current_setting('hub.tenant', true), '')::uuid).

-- accumulator_balance: tenant, state; row level security forced, policy tenant_isolation
create table accumulator_balance (
  tenant_id uuid not null,
  id uuid not null,
  entity text not null,
  ncpdp text not null,
  ndc11 text not null,
  bucket text not null,
  dispensed numeric(14,3) not null,
  available numeric(14,3) not null,
  on_order numeric(14,3) not null,
  replenished numeric(14,3) not null,
  adjustment numeric(14,3) not null,
  updated_at timestamp with time zone not null,
  constraint accumulator_balance_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint accumulator_balance_key UNIQUE (tenant_id, entity, ncpdp, ndc11, bucket)
);
grant delete, insert, select, update on accumulator_balance to hub_ingest;
grant select on accumulator_balance to hub_read;

-- accumulator_entry: tenant, append; row level security forced, policy tenant_isolation
create table accumulator_entry (
  tenant_id uuid not null,
  id uuid not null,
  entity text not null,
  ncpdp text not null,
  ndc11 text not null,
  bucket text not null,
  posting text not null,
  from_account text not null,
  to_account text not null,
  quantity numeric(14,3) not null,
  dispense_id uuid,
  invoice_line_id uuid,
  determination_id uuid,
  cause text not null,
  posted_at timestamp with time zone not null,
  constraint accumulator_entry_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index accumulator_entry_dispense on accumulator_entry USING btree (tenant_id, dispense_id);
create index accumulator_entry_key on accumulator_entry USING btree (tenant_id, entity, ncpdp, ndc11, bucket, id);
create index accumulator_entry_line on accumulator_entry USING btree (tenant_id, invoice_line_id);
grant insert, select on accumulator_entry to hub_ingest;
grant select on accumulator_entry to hub_read;

-- accumulator_work: tenant, state; row level security forced, policy tenant_isolation
create table accumulator_work (
  tenant_id uuid not null,
  entity text not null,
  ncpdp text not null,
  ndc11 text not null,
  bucket text not null,
  cause text not null,
  constraint accumulator_work_tenant_id_entity_ncpdp_ndc11_bucket_pk PRIMARY KEY (tenant_id, entity, ncpdp, ndc11, bucket)
);
grant delete, insert, select, update on accumulator_work to hub_ingest;
grant select on accumulator_work to hub_monitor;

-- allocation: tenant, state; row level security forced, policy tenant_isolation
create table allocation (
  tenant_id uuid not null,
  id uuid not null,
  entity text not null,
  ncpdp text not null,
  ndc11 text not null,
  bucket text not null,
  dispense_id uuid not null,
  invoice_line_id uuid not null,
  quantity numeric(14,3) not null,
  allocated_at timestamp with time zone not null,
  superseded_at timestamp with time zone,
  constraint allocation_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index allocation_dispense on allocation USING btree (tenant_id, dispense_id) WHERE (superseded_at IS NULL);
create index allocation_key on allocation USING btree (tenant_id, entity, ncpdp, ndc11, bucket) WHERE (superseded_at IS NULL);
create index allocation_line on allocation USING btree (tenant_id, invoice_line_id) WHERE (superseded_at IS NULL);
grant delete, insert, select, update on allocation to hub_ingest;
grant select on allocation to hub_read;

-- allocation_work: tenant, state; row level security forced, policy tenant_isolation
create table allocation_work (
  tenant_id uuid not null,
  entity text not null,
  ncpdp text not null,
  ndc11 text not null,
  bucket text not null,
  cause text not null,
  constraint allocation_work_tenant_id_entity_ncpdp_ndc11_bucket_pk PRIMARY KEY (tenant_id, entity, ncpdp, ndc11, bucket)
);
grant delete, insert, select, update on allocation_work to hub_ingest;
grant select on allocation_work to hub_monitor;

-- api_key: local, state
create table api_key (
  key_id text not null,
  for_tenant uuid not null,
  name text not null,
  role text not null,
  sha256 text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_key_pkey PRIMARY KEY (key_id),
  constraint api_key_name UNIQUE (for_tenant, name)
);
create index api_key_tenant on api_key USING btree (for_tenant);
grant delete, insert, select, update on api_key to hub_ingest;
grant select on api_key to hub_read;

-- change: tenant, state; row level security forced, policy tenant_isolation
create table change (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  keys text[] not null,
  raw_id uuid,
  constraint change_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
grant delete, insert, select, update on change to hub_ingest;
grant select on change to hub_monitor;

-- claim_response: tenant, state; row level security forced, policy tenant_isolation
create table claim_response (
  tenant_id uuid not null,
  feed text not null,
  batch_id text not null,
  batch_reference text not null,
  transaction_index integer not null,
  response_status text not null,
  total_paid numeric(14,2),
  patient_pay numeric(14,2),
  received_at timestamp with time zone not null,
  raw_id uuid not null,
  position text not null,
  constraint claim_response_tenant_id_feed_batch_id_batch_reference_transact PRIMARY KEY (tenant_id, feed, batch_id, batch_reference, transaction_index, raw_id)
);
grant delete, insert, select, update on claim_response to hub_ingest;
grant select on claim_response to hub_read;

-- claim_transaction: tenant, state; row level security forced, policy tenant_isolation
create table claim_transaction (
  tenant_id uuid not null,
  id uuid not null,
  transaction_key uuid not null,
  feed text not null,
  received_at timestamp with time zone not null,
  ncpdp text not null,
  provider_qualifier text not null,
  provider_id text not null,
  code text not null,
  response_status text not null,
  rx_number text not null,
  fill_number integer,
  date_of_service date not null,
  dispensing_status text not null,
  bin text not null,
  pcn text not null,
  payer_group text not null,
  cardholder text not null,
  other_coverage integer not null,
  other_payers jsonb not null,
  adjudicated_at timestamp with time zone,
  batch_created_at timestamp with time zone,
  batch_id text not null,
  batch_reference text not null,
  transaction_index integer not null,
  ordinal integer not null,
  ndc_text text,
  quantity numeric(14,3),
  unit text not null,
  days_supply integer,
  written_date date,
  prescriber_qualifier text not null,
  prescriber_id text,
  patient_family_name text,
  patient_given_name text,
  family_compare text,
  given_compare text,
  patient_birth_date date,
  patient_sex text,
  patient_id_authority text,
  patient_id_value text,
  compound boolean not null,
  submission_clarification text[] not null,
  basis_of_cost text not null,
  ingredient_cost numeric(14,2),
  dispensing_fee numeric(14,2),
  patient_pay numeric(14,2),
  total_paid numeric(14,2),
  raw_id uuid not null,
  position text not null,
  constraint claim_transaction_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint claim_transaction_rx UNIQUE (tenant_id, ncpdp, rx_number, transaction_key)
);
create index claim_transaction_batch on claim_transaction USING btree (tenant_id, feed, batch_id, batch_reference, transaction_index) WHERE (response_status = ''::text);
create index claim_transaction_name on claim_transaction USING btree (tenant_id, family_compare, patient_birth_date) WHERE ((family_compare IS NOT NULL) AND (given_compare IS NOT NULL) AND (patient_birth_date IS NOT NULL));
create index claim_transaction_number on claim_transaction USING btree (tenant_id, rx_number) WHERE ((patient_id_value IS NULL) AND (family_compare IS NULL) AND (given_compare IS NULL) AND (patient_birth_date IS NULL));
create index claim_transaction_patient_id on claim_transaction USING btree (tenant_id, patient_id_value) WHERE (patient_id_value IS NOT NULL);
grant delete, insert, select, update on claim_transaction to hub_ingest;
grant select on claim_transaction to hub_read;

-- consult_note: tenant, state; row level security forced, policy tenant_isolation
create table consult_note (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  number text not null,
  patient_id uuid,
  status text not null,
  sources jsonb not null default '[]'::jsonb,
  raw_id uuid not null,
  position text not null,
  referral_number text,
  author_npi text,
  written_date date,
  constraint consult_note_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint consult_note_number UNIQUE (tenant_id, source_system, number)
);
create index consult_note_referral on consult_note USING btree (tenant_id, source_system, referral_number);
grant delete, insert, select, update on consult_note to hub_ingest;
grant select on consult_note to hub_read;

-- contract_pharmacy: reference, state
create table contract_pharmacy (
  id uuid not null,
  id340b text not null,
  contract_id text not null,
  opais_pharmacy_id text not null,
  name text not null,
  begin_date date,
  termination_date date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint contract_pharmacy_id_pk PRIMARY KEY (id),
  constraint contract_pharmacy_version UNIQUE (id340b, contract_id, raw_id, ordinal)
);
create unique index contract_pharmacy_current on contract_pharmacy USING btree (id340b, contract_id) WHERE (known_to IS NULL);
create index contract_pharmacy_pharmacy on contract_pharmacy USING btree (opais_pharmacy_id) WHERE (known_to IS NULL);
create index contract_pharmacy_raw on contract_pharmacy USING btree (raw_id);
grant delete, insert, select, update on contract_pharmacy to hub_ingest;
grant select on contract_pharmacy to hub_read;

-- coverage: tenant, state; row level security forced, policy tenant_isolation
create table coverage (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  number text not null,
  patient_id uuid,
  status text not null,
  sources jsonb not null default '[]'::jsonb,
  raw_id uuid not null,
  position text not null,
  kind text,
  payer_name text,
  payer_id text,
  plan_code text,
  bin text,
  pcn text,
  payer_group text,
  cardholder text,
  priority text,
  valid_from date,
  valid_to date,
  constraint coverage_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint coverage_number UNIQUE (tenant_id, source_system, number)
);
create index coverage_patient on coverage USING btree (tenant_id, patient_id);
grant delete, insert, select, update on coverage to hub_ingest;
grant select on coverage to hub_read;

-- covered_entity: reference, state
create table covered_entity (
  id uuid not null,
  id340b text not null,
  parent340b text not null,
  name text not null,
  sub_name text not null,
  entity_type text not null,
  state text not null,
  participating boolean not null,
  start_date date,
  termination_date date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint covered_entity_id_pk PRIMARY KEY (id),
  constraint covered_entity_version UNIQUE (id340b, raw_id, ordinal)
);
create unique index covered_entity_current on covered_entity USING btree (id340b) WHERE (known_to IS NULL);
create index covered_entity_family on covered_entity USING btree (parent340b) WHERE (known_to IS NULL);
create index covered_entity_raw on covered_entity USING btree (raw_id);
grant delete, insert, select, update on covered_entity to hub_ingest;
grant select on covered_entity to hub_read;

-- data_import: tenant, state; row level security forced, policy tenant_isolation
create table data_import (
  tenant_id uuid not null,
  id uuid not null,
  raw_id uuid not null,
  kind text not null,
  feed text not null,
  received_at timestamp with time zone not null,
  rows integer not null,
  added integer not null,
  changed integer not null,
  ended integer not null,
  unchanged integer not null,
  waiting boolean not null,
  constraint data_import_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint data_import_file UNIQUE (tenant_id, raw_id, kind)
);
create index data_import_received on data_import USING btree (tenant_id, received_at, id);
create index data_import_waiting on data_import USING btree (tenant_id, id) WHERE waiting;
grant delete, insert, select, update on data_import to hub_ingest;
grant select on data_import to hub_read;

-- data_sighting: tenant, append; row level security forced, policy tenant_isolation
create table data_sighting (
  tenant_id uuid not null,
  raw_id uuid not null,
  kind text not null,
  id uuid not null,
  known_from timestamp with time zone not null,
  keys bigint[] not null,
  ordinals integer[] not null,
  positions text[] not null,
  constraint data_sighting_tenant_id_raw_id_kind_id_pk PRIMARY KEY (tenant_id, raw_id, kind, id)
);
create index data_sighting_known on data_sighting USING btree (tenant_id, kind, known_from);
grant insert, select on data_sighting to hub_ingest;

-- data_snapshot: tenant, state; row level security forced, policy tenant_isolation
create table data_snapshot (
  tenant_id uuid not null,
  kind text not null,
  feed text not null,
  within_part text not null,
  known_from timestamp with time zone not null,
  raw_id uuid not null,
  constraint data_snapshot_tenant_id_kind_feed_within_part_known_from_raw_id PRIMARY KEY (tenant_id, kind, feed, within_part, known_from, raw_id)
);
grant delete, insert, select, update on data_snapshot to hub_ingest;

-- decision_work: tenant, state; row level security forced, policy tenant_isolation
create table decision_work (
  tenant_id uuid not null,
  ncpdp text not null,
  rx_number text not null,
  cause text not null,
  constraint decision_work_tenant_id_ncpdp_rx_number_pk PRIMARY KEY (tenant_id, ncpdp, rx_number)
);
grant delete, insert, select, update on decision_work to hub_ingest;
grant select on decision_work to hub_monitor;

-- determination: tenant, state; row level security forced, policy tenant_isolation
create table determination (
  tenant_id uuid not null,
  id uuid not null,
  dispense_id uuid not null,
  patient_id uuid,
  encounter_id uuid,
  prescription_id uuid,
  policy_version_id uuid,
  claim_id uuid,
  decided_at timestamp with time zone not null,
  decision_date date not null,
  sequence integer not null,
  orderable boolean not null,
  provisional boolean not null,
  absence boolean not null,
  current boolean not null,
  winning boolean not null,
  entity text not null,
  status text not null,
  bucket text,
  reason text,
  verdicts bytea not null,
  constraint determination_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index determination_absent on determination USING btree (tenant_id, entity) WHERE (current AND absence);
create index determination_dispense on determination USING btree (tenant_id, dispense_id);
create index determination_patient on determination USING btree (tenant_id, patient_id) WHERE current;
create index determination_provisional on determination USING btree (tenant_id, dispense_id) WHERE (current AND provisional);
grant delete, insert, select, update on determination to hub_ingest;
grant select on determination to hub_read;

-- dispense: tenant, state; row level security forced, policy tenant_isolation
create table dispense (
  tenant_id uuid not null,
  id uuid not null,
  ncpdp text not null,
  rx_number text not null,
  fill_number integer not null,
  date_of_service date not null,
  dispensing_status text not null,
  state text not null,
  ever_paid boolean not null,
  ndc_text text,
  ndc11 text,
  quantity numeric(14,3),
  unit text not null,
  days_supply integer,
  written_date date,
  prescriber_id text,
  bin text not null,
  pcn text not null,
  payer_group text not null,
  plan_type text not null,
  first_received_at timestamp with time zone not null,
  claim_id uuid,
  patient_id uuid,
  encounter_id uuid,
  prescription_id uuid,
  determination_id uuid,
  entity text,
  status text,
  bucket text,
  orderable boolean not null,
  reason text,
  raw_id uuid not null,
  position text not null,
  constraint dispense_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint dispense_identity UNIQUE (tenant_id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status)
);
create index dispense_accrual on dispense USING btree (tenant_id, entity, ncpdp, ndc11, bucket) WHERE (bucket IS NOT NULL);
create index dispense_date on dispense USING btree (tenant_id, date_of_service, id);
create index dispense_ndc on dispense USING btree (tenant_id, ndc11, date_of_service, id);
create index dispense_patient on dispense USING btree (tenant_id, patient_id, date_of_service, id);
create index dispense_pharmacy on dispense USING btree (tenant_id, ncpdp, date_of_service, id);
create index dispense_plan_type on dispense USING btree (tenant_id, plan_type) WHERE (plan_type = ANY (ARRAY['MEDICAID_FFS'::text, 'MEDICAID_MCO'::text]));
create index dispense_prescriber on dispense USING btree (tenant_id, prescriber_id);
create index dispense_short_ndc on dispense USING btree (tenant_id, ndc_text) WHERE (btrim(ndc_text) ~ '^[0-9]{1,10}$'::text);
create index dispense_status on dispense USING btree (tenant_id, status, date_of_service, id);
grant delete, insert, select, update on dispense to hub_ingest;
grant select on dispense to hub_read;

-- drug_package: reference, state
create table drug_package (
  id uuid not null,
  ndc11 text not null,
  package_ndc text not null,
  product_ndc text not null,
  description text not null,
  package_size numeric(14,3),
  unit text not null,
  marketing_start date,
  marketing_end date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint drug_package_id_pk PRIMARY KEY (id),
  constraint drug_package_version UNIQUE (ndc11, raw_id, ordinal)
);
create unique index drug_package_current on drug_package USING btree (ndc11) WHERE (known_to IS NULL);
create index drug_package_product on drug_package USING btree (product_ndc) WHERE (known_to IS NULL);
create index drug_package_raw on drug_package USING btree (raw_id);
grant delete, insert, select, update on drug_package to hub_ingest;
grant select on drug_package to hub_read;

-- drug_price: tenant, state; row level security forced, policy tenant_isolation
create table drug_price (
  tenant_id uuid not null,
  id uuid not null,
  ndc11 text not null,
  account_type text not null,
  package_price numeric(14,4) not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint drug_price_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint drug_price_version UNIQUE NULLS NOT DISTINCT (tenant_id, ndc11, account_type, valid_from, raw_id, ordinal)
);
create unique index drug_price_current on drug_price USING btree (tenant_id, ndc11, account_type, COALESCE(valid_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index drug_price_raw on drug_price USING btree (tenant_id, raw_id);
grant delete, insert, select, update on drug_price to hub_ingest;
grant select on drug_price to hub_read;

-- drug_product: reference, state
create table drug_product (
  id uuid not null,
  product_ndc text not null,
  product_type text not null,
  name text not null,
  labeler_name text not null,
  dosage_form text not null,
  strength text not null,
  schedule text not null,
  marketing_start date,
  marketing_end date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint drug_product_id_pk PRIMARY KEY (id),
  constraint drug_product_version UNIQUE (product_ndc, raw_id, ordinal)
);
create unique index drug_product_current on drug_product USING btree (product_ndc) WHERE (known_to IS NULL);
create index drug_product_raw on drug_product USING btree (raw_id);
grant delete, insert, select, update on drug_product to hub_ingest;
grant select on drug_product to hub_read;

-- edi_acknowledgement: tenant, state; row level security forced, policy tenant_isolation
create table edi_acknowledgement (
  tenant_id uuid not null,
  id uuid not null,
  partner text not null,
  kind text not null,
  functional_code text not null,
  control_number text not null,
  status text not null,
  sets_included integer,
  sets_received integer,
  sets_accepted integer,
  notes text[] not null,
  sets jsonb not null,
  created_at timestamp with time zone not null,
  feed text not null,
  received_at timestamp with time zone not null,
  content_hash text not null,
  raw_id uuid not null,
  position text not null,
  constraint edi_acknowledgement_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint edi_acknowledgement_version UNIQUE (tenant_id, partner, control_number, functional_code, kind, content_hash)
);
grant delete, insert, select, update on edi_acknowledgement to hub_ingest;
grant select on edi_acknowledgement to hub_read;

-- edi_group: tenant, state; row level security forced, policy tenant_isolation
create table edi_group (
  tenant_id uuid not null,
  raw_id uuid not null,
  position text not null,
  feed text not null,
  received_at timestamp with time zone not null,
  partner text not null,
  functional_code text not null,
  control_number text not null,
  body jsonb not null,
  state text not null,
  constraint edi_group_tenant_id_raw_id_position_pk PRIMARY KEY (tenant_id, raw_id, "position")
);
create index edi_group_waiting on edi_group USING btree (tenant_id, raw_id) WHERE (state = 'WAITING'::text);
grant delete, insert, select, update on edi_group to hub_ingest;

-- edi_interchange: tenant, append; row level security forced, policy tenant_isolation
create table edi_interchange (
  tenant_id uuid not null,
  id uuid not null,
  partner text not null,
  serial integer not null,
  control_number text not null,
  functional_code text not null,
  feed text not null,
  created_at timestamp with time zone not null,
  answers_raw_id uuid,
  answers_position text,
  content text not null,
  expects_acknowledgement boolean not null,
  constraint edi_interchange_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint edi_interchange_answers UNIQUE (tenant_id, answers_raw_id, answers_position),
  constraint edi_interchange_serial UNIQUE (tenant_id, partner, serial)
);
create index edi_interchange_number on edi_interchange USING btree (tenant_id, partner, control_number);
grant insert, select on edi_interchange to hub_ingest;
grant select on edi_interchange to hub_read;

-- ehr_event: tenant, state; row level security forced, policy tenant_isolation
create table ehr_event (
  tenant_id uuid not null,
  source_system text not null,
  kind text not null,
  key text not null,
  event_at timestamp with time zone not null,
  control_id text not null,
  trigger text not null,
  received_at timestamp with time zone not null,
  body jsonb not null,
  raw_id uuid not null,
  position text not null,
  constraint ehr_event_tenant_id_source_system_kind_key_raw_id_position_pk PRIMARY KEY (tenant_id, source_system, kind, key, raw_id, "position")
);
grant delete, insert, select, update on ehr_event to hub_ingest;

-- encounter: tenant, state; row level security forced, policy tenant_isolation
create table encounter (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  visit_number text not null,
  patient_id uuid,
  class text not null,
  status text not null,
  started_at timestamp with time zone,
  start_date date,
  started_at_text text,
  ended_at timestamp with time zone,
  facility text,
  location text,
  site_id340b text,
  attending_npi text,
  raw_id uuid not null,
  position text not null,
  account text,
  history jsonb not null default '[]'::jsonb,
  sources jsonb not null default '[]'::jsonb,
  constraint encounter_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint encounter_visit UNIQUE (tenant_id, source_system, visit_number)
);
create index encounter_account on encounter USING btree (tenant_id, source_system, account) WHERE (account IS NOT NULL);
create index encounter_location on encounter USING btree (tenant_id, facility, location);
create index encounter_patient on encounter USING btree (tenant_id, patient_id, start_date);
create index encounter_start on encounter USING btree (tenant_id, start_date, id);
create index encounter_unmapped on encounter USING btree (tenant_id, id) WHERE (site_id340b IS NULL);
grant delete, insert, select, update on encounter to hub_ingest;
grant select on encounter to hub_read;

-- exception_case: tenant, state; row level security forced, policy tenant_isolation
create table exception_case (
  tenant_id uuid not null,
  id uuid not null,
  code text not null,
  subject text not null,
  severity text not null,
  state text not null,
  detail text not null,
  dollars numeric(14,2),
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  due_at timestamp with time zone not null,
  constraint exception_case_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint exception_case_subject UNIQUE (tenant_id, code, subject)
);
create index exception_case_state on exception_case USING btree (tenant_id, state, code, id);
grant delete, insert, select, update on exception_case to hub_ingest;
grant select on exception_case to hub_read;

-- exception_cause: tenant, state; row level security forced, policy tenant_isolation
create table exception_cause (
  tenant_id uuid not null,
  code text not null,
  subject text not null,
  source text not null,
  detail text not null,
  dollars numeric(14,2),
  dispense_id uuid,
  invoice_line_id uuid,
  constraint exception_cause_tenant_id_code_subject_source_pk PRIMARY KEY (tenant_id, code, subject, source)
);
create index exception_cause_dispense on exception_cause USING btree (tenant_id, dispense_id);
create index exception_cause_line on exception_cause USING btree (tenant_id, invoice_line_id);
create index exception_cause_source on exception_cause USING btree (tenant_id, source);
grant delete, insert, select, update on exception_cause to hub_ingest;
grant select on exception_cause to hub_read;

-- exception_work: tenant, state; row level security forced, policy tenant_isolation
create table exception_work (
  tenant_id uuid not null,
  code text not null,
  subject text not null,
  cause text not null,
  constraint exception_work_tenant_id_code_subject_pk PRIMARY KEY (tenant_id, code, subject)
);
grant delete, insert, select, update on exception_work to hub_ingest;
grant select on exception_work to hub_monitor;

-- fee_schedule: tenant, state; row level security forced, policy tenant_isolation
create table fee_schedule (
  tenant_id uuid not null,
  id uuid not null,
  ncpdp text not null,
  entity text not null,
  plan_type text not null,
  fee numeric(14,2) not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint fee_schedule_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint fee_schedule_version UNIQUE NULLS NOT DISTINCT (tenant_id, ncpdp, entity, plan_type, valid_from, raw_id, ordinal)
);
create unique index fee_schedule_current on fee_schedule USING btree (tenant_id, ncpdp, entity, plan_type, COALESCE(valid_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index fee_schedule_raw on fee_schedule USING btree (tenant_id, raw_id);
grant delete, insert, select, update on fee_schedule to hub_ingest;
grant select on fee_schedule to hub_read;

-- feed: tenant, state; row level security forced, policy tenant_isolation
create table feed (
  tenant_id uuid not null,
  name text not null,
  kind text not null,
  format text not null,
  transport text not null,
  source_system text not null,
  serves text[] not null,
  zone text not null,
  options jsonb not null,
  warn_after_seconds integer,
  error_after_seconds integer,
  paused boolean not null default false,
  declared jsonb,
  applied_at timestamp with time zone,
  acknowledged_within_seconds integer not null default 86400,
  constraint feed_tenant_id_name_pk PRIMARY KEY (tenant_id, name)
);
grant delete, insert, select, update on feed to hub_ingest;
grant select on feed to hub_monitor;
grant select on feed to hub_read;

-- feed_cursor: tenant, state; row level security forced, policy tenant_isolation
create table feed_cursor (
  tenant_id uuid not null,
  feed text not null,
  scope text not null,
  position text not null,
  moved_at timestamp with time zone not null,
  constraint feed_cursor_tenant_id_feed_scope_pk PRIMARY KEY (tenant_id, feed, scope)
);
grant delete, insert, select, update on feed_cursor to hub_ingest;
grant select on feed_cursor to hub_monitor;

-- feed_decision: tenant, append; row level security forced, policy tenant_isolation
create table feed_decision (
  tenant_id uuid not null,
  id uuid not null,
  feed text not null,
  kind text not null,
  subject text not null,
  detail jsonb not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamp with time zone not null,
  constraint feed_decision_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index feed_decision_last on feed_decision USING btree (tenant_id, feed, kind, id);
grant insert, select on feed_decision to hub_ingest;
grant select on feed_decision to hub_read;

-- feed_listener: tenant, state; row level security forced, policy tenant_isolation
create table feed_listener (
  tenant_id uuid not null,
  id uuid not null,
  feed text not null,
  hub text not null,
  port integer not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  connections integer not null,
  messages bigint not null,
  bytes bigint not null,
  broken_frames bigint not null,
  refusals jsonb not null,
  certificate_ends_at timestamp with time zone,
  certificate_problem text not null,
  constraint feed_listener_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index feed_listener_feed on feed_listener USING btree (tenant_id, feed);
create index feed_listener_seen on feed_listener USING btree (tenant_id, seen_at);
grant delete, insert, select, update on feed_listener to hub_ingest;
grant select on feed_listener to hub_monitor;
grant select on feed_listener to hub_read;

-- feed_sender: tenant, state; row level security forced, policy tenant_isolation
create table feed_sender (
  tenant_id uuid not null,
  id uuid not null,
  listener_id uuid not null,
  feed text not null,
  sender text not null,
  connections integer not null,
  since timestamp with time zone,
  last_message_at timestamp with time zone,
  messages bigint not null,
  bytes bigint not null,
  refused bigint not null,
  constraint feed_sender_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index feed_sender_listener on feed_sender USING btree (tenant_id, listener_id);
grant delete, insert, select, update on feed_sender to hub_ingest;
grant select on feed_sender to hub_read;

-- hcpcs_ndc: reference, state
create table hcpcs_ndc (
  id uuid not null,
  hcpcs text not null,
  ndc11 text not null,
  drug_name text not null,
  labeler_name text not null,
  dosage text not null,
  bill_units numeric(14,3) not null,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint hcpcs_ndc_id_pk PRIMARY KEY (id),
  constraint hcpcs_ndc_version UNIQUE (hcpcs, ndc11, raw_id, ordinal)
);
create unique index hcpcs_ndc_current on hcpcs_ndc USING btree (hcpcs, ndc11) WHERE (known_to IS NULL);
create index hcpcs_ndc_package on hcpcs_ndc USING btree (ndc11) WHERE (known_to IS NULL);
create index hcpcs_ndc_raw on hcpcs_ndc USING btree (raw_id);
grant delete, insert, select, update on hcpcs_ndc to hub_ingest;
grant select on hcpcs_ndc to hub_read;

-- import_effect: tenant, state; row level security forced, policy tenant_isolation
create table import_effect (
  tenant_id uuid not null,
  raw_id uuid not null,
  dispenses integer not null,
  constraint import_effect_tenant_id_raw_id_pk PRIMARY KEY (tenant_id, raw_id)
);
grant delete, insert, select, update on import_effect to hub_ingest;
grant select on import_effect to hub_read;

-- invoice: tenant, state; row level security forced, policy tenant_isolation
create table invoice (
  tenant_id uuid not null,
  id uuid not null,
  wholesaler text not null,
  account_number text not null,
  invoice_number text not null,
  kind text not null,
  invoice_date date not null,
  original_invoice text not null,
  purchase_order text not null,
  total numeric(14,2),
  allowances numeric(14,2) not null,
  charges numeric(14,2) not null,
  tax numeric(14,2) not null,
  created_at timestamp with time zone not null,
  feed text not null,
  received_at timestamp with time zone not null,
  content_hash text not null,
  lines jsonb not null,
  current boolean not null,
  account_type text,
  entity text,
  ncpdp text,
  raw_id uuid not null,
  position text not null,
  constraint invoice_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint invoice_version UNIQUE (tenant_id, wholesaler, account_number, invoice_number, content_hash)
);
create index invoice_date on invoice USING btree (tenant_id, invoice_date, id);
grant delete, insert, select, update on invoice to hub_ingest;
grant select on invoice to hub_read;

-- invoice_line: tenant, state; row level security forced, policy tenant_isolation
create table invoice_line (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  line_number text not null,
  ordinal integer not null,
  invoice_date date not null,
  ndc_text text,
  ndc11 text,
  packages numeric(14,3) not null,
  unit_price numeric(14,4) not null,
  amount numeric(14,2) not null,
  entity text,
  ncpdp text,
  bucket text,
  quantity numeric(14,3),
  effective_quantity numeric(14,3),
  allocated_quantity numeric(14,3) not null,
  state text not null,
  current boolean not null,
  raw_id uuid not null,
  position text not null,
  constraint invoice_line_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint invoice_line_number UNIQUE (tenant_id, invoice_id, ordinal)
);
create index invoice_line_key on invoice_line USING btree (tenant_id, entity, ncpdp, ndc11, bucket, invoice_date);
create index invoice_line_ndc on invoice_line USING btree (tenant_id, ndc11, id);
create index invoice_line_unresolved on invoice_line USING btree (tenant_id, invoice_id) WHERE ((ndc11 IS NULL) OR (btrim(ndc_text) ~ '^[0-9]{1,10}$'::text));
grant delete, insert, select, update on invoice_line to hub_ingest;
grant select on invoice_line to hub_read;

-- invoice_work: tenant, state; row level security forced, policy tenant_isolation
create table invoice_work (
  tenant_id uuid not null,
  wholesaler text not null,
  account_number text not null,
  invoice_number text not null,
  cause text not null,
  constraint invoice_work_tenant_id_wholesaler_account_number_invoice_number PRIMARY KEY (tenant_id, wholesaler, account_number, invoice_number)
);
grant delete, insert, select, update on invoice_work to hub_ingest;
grant select on invoice_work to hub_monitor;

-- lease: local, state
create table lease (
  name text not null,
  owner text not null,
  token text not null,
  expires_at timestamp with time zone not null,
  constraint lease_pkey PRIMARY KEY (name)
);
grant delete, insert, select, update on lease to hub_ingest;

-- location_crosswalk: tenant, state; row level security forced, policy tenant_isolation
create table location_crosswalk (
  tenant_id uuid not null,
  id uuid not null,
  facility text not null,
  location text not null,
  site text not null,
  cost_report_line text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  ended_on date,
  constraint location_crosswalk_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint location_crosswalk_version UNIQUE NULLS NOT DISTINCT (tenant_id, facility, location, valid_from, raw_id, ordinal)
);
create unique index location_crosswalk_current on location_crosswalk USING btree (tenant_id, facility, location, COALESCE(valid_from, '-infinity'::date)) WHERE ((known_to IS NULL) OR (ended_on IS NOT NULL));
create index location_crosswalk_raw on location_crosswalk USING btree (tenant_id, raw_id);
grant delete, insert, select, update on location_crosswalk to hub_ingest;
grant select on location_crosswalk to hub_read;

-- manufacturer_policy: tenant, state; row level security forced, policy tenant_isolation
create table manufacturer_policy (
  tenant_id uuid not null,
  id uuid not null,
  labeler text not null,
  exempt_entity_types text[] not null,
  exempt_states text[] not null,
  designated text[] not null,
  source text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint manufacturer_policy_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint manufacturer_policy_version UNIQUE NULLS NOT DISTINCT (tenant_id, labeler, valid_from, raw_id, ordinal)
);
create unique index manufacturer_policy_current on manufacturer_policy USING btree (tenant_id, labeler, COALESCE(valid_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index manufacturer_policy_raw on manufacturer_policy USING btree (tenant_id, raw_id);
grant delete, insert, select, update on manufacturer_policy to hub_ingest;
grant select on manufacturer_policy to hub_read;

-- medicaid_exclusion: reference, state
create table medicaid_exclusion (
  id uuid not null,
  quarter text not null,
  id340b text not null,
  state text not null,
  medicaid_number text not null,
  npi text not null,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  start_date date,
  termination_date date,
  constraint medicaid_exclusion_id_pk PRIMARY KEY (id),
  constraint medicaid_exclusion_version UNIQUE NULLS NOT DISTINCT (quarter, id340b, state, medicaid_number, npi, start_date, raw_id, ordinal)
);
create unique index medicaid_exclusion_current on medicaid_exclusion USING btree (quarter, id340b, state, medicaid_number, npi, COALESCE(start_date, '-infinity'::date)) WHERE (known_to IS NULL);
create index medicaid_exclusion_raw on medicaid_exclusion USING btree (raw_id);
grant delete, insert, select, update on medicaid_exclusion to hub_ingest;
grant select on medicaid_exclusion to hub_read;

-- medicaid_number: reference, state
create table medicaid_number (
  id uuid not null,
  id340b text not null,
  state text not null,
  number text not null,
  number_kind text not null,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint medicaid_number_id_pk PRIMARY KEY (id),
  constraint medicaid_number_version UNIQUE (id340b, state, number, number_kind, raw_id, ordinal)
);
create unique index medicaid_number_current on medicaid_number USING btree (id340b, state, number, number_kind) WHERE (known_to IS NULL);
create index medicaid_number_raw on medicaid_number USING btree (raw_id);
grant delete, insert, select, update on medicaid_number to hub_ingest;
grant select on medicaid_number to hub_read;

-- medicaid_policy: tenant, state; row level security forced, policy tenant_isolation
create table medicaid_policy (
  tenant_id uuid not null,
  id uuid not null,
  entity text not null,
  state text not null,
  plan_type text not null,
  decision text not null,
  marker_420 text not null,
  marker_423 text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint medicaid_policy_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint medicaid_policy_version UNIQUE NULLS NOT DISTINCT (tenant_id, entity, state, plan_type, valid_from, raw_id, ordinal)
);
create unique index medicaid_policy_current on medicaid_policy USING btree (tenant_id, entity, state, plan_type, COALESCE(valid_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index medicaid_policy_raw on medicaid_policy USING btree (tenant_id, raw_id);
grant delete, insert, select, update on medicaid_policy to hub_ingest;
grant select on medicaid_policy to hub_read;

-- message_edit: tenant, append; row level security forced, policy tenant_isolation
create table message_edit (
  tenant_id uuid not null,
  original_id uuid not null,
  edited_id uuid not null,
  at timestamp with time zone not null,
  editor text not null,
  reason text not null,
  constraint message_edit_tenant_id_original_id_pk PRIMARY KEY (tenant_id, original_id),
  constraint message_edit_edited UNIQUE (tenant_id, edited_id)
);
grant insert, select on message_edit to hub_ingest;
grant select on message_edit to hub_read;

-- message_replay: tenant, state; row level security forced, policy tenant_isolation
create table message_replay (
  tenant_id uuid not null,
  id uuid not null,
  state text not null default 'RUNNING'::text,
  feed text,
  states text[] not null,
  since timestamp with time zone,
  until timestamp with time zone not null,
  total integer not null,
  done integer not null default 0,
  last_id uuid,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  started_by text not null,
  reason text not null,
  constraint message_replay_tenant_id_id_pk PRIMARY KEY (tenant_id, id)
);
create index message_replay_running on message_replay USING btree (tenant_id, id) WHERE (state = 'RUNNING'::text);
grant delete, insert, select, update on message_replay to hub_ingest;
grant select on message_replay to hub_read;

-- nadac_price: reference, state
create table nadac_price (
  id uuid not null,
  ndc11 text not null,
  effective_from date not null,
  unit_cost numeric(14,5) not null,
  unit text not null,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint nadac_price_id_pk PRIMARY KEY (id),
  constraint nadac_price_version UNIQUE (ndc11, effective_from, raw_id, ordinal)
);
create unique index nadac_price_current on nadac_price USING btree (ndc11, COALESCE(effective_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index nadac_price_raw on nadac_price USING btree (raw_id);
grant delete, insert, select, update on nadac_price to hub_ingest;
grant select on nadac_price to hub_read;

-- order_document: tenant, state; row level security forced, policy tenant_isolation
create table order_document (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  wholesaler text not null,
  account_number text not null,
  document_number text not null,
  purchase_order text not null,
  document_date date,
  purpose text not null,
  response text not null,
  created_at timestamp with time zone not null,
  feed text not null,
  received_at timestamp with time zone not null,
  content_hash text not null,
  lines jsonb not null,
  raw_id uuid not null,
  position text not null,
  constraint order_document_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint order_document_version UNIQUE (tenant_id, purchase_order, wholesaler, account_number, kind, document_number, content_hash)
);
grant delete, insert, select, update on order_document to hub_ingest;
grant select on order_document to hub_read;

-- orphan_designation: reference, state
create table orphan_designation (
  id uuid not null,
  product_ndc text not null,
  designated boolean not null,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  ordinal integer not null,
  raw_id uuid not null,
  position text not null,
  constraint orphan_designation_id_pk PRIMARY KEY (id),
  constraint orphan_designation_version UNIQUE (product_ndc, raw_id, ordinal)
);
create unique index orphan_designation_current on orphan_designation USING btree (product_ndc) WHERE (known_to IS NULL);
create index orphan_designation_raw on orphan_designation USING btree (raw_id);
grant delete, insert, select, update on orphan_designation to hub_ingest;
grant select on orphan_designation to hub_read;

-- outbound_file: tenant, state; row level security forced, policy tenant_isolation
create table outbound_file (
  tenant_id uuid not null,
  id uuid not null,
  feed text not null,
  name text not null,
  payload bytea not null,
  sha256 text not null,
  size_bytes integer not null,
  state text not null,
  attempts integer not null default 0,
  temporary_name text,
  rename_intended_at timestamp with time zone,
  lease_token text,
  detail text not null default ''::text,
  created_at timestamp with time zone not null,
  created_by text not null,
  sent_at timestamp with time zone,
  partner text,
  functional_code text,
  control_number text,
  expects_acknowledgement boolean not null default false,
  acknowledged_at timestamp with time zone,
  constraint outbound_file_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint outbound_file_name UNIQUE (tenant_id, feed, name)
);
create index outbound_file_open on outbound_file USING btree (tenant_id, feed, id) WHERE (state = ANY (ARRAY['QUEUED'::text, 'SENDING'::text, 'UNCERTAIN'::text]));
create index outbound_file_state on outbound_file USING btree (tenant_id, feed, state);
create index outbound_file_unacknowledged on outbound_file USING btree (tenant_id, id) WHERE (expects_acknowledgement AND (acknowledged_at IS NULL) AND (state = 'SENT'::text));
grant delete, insert, select, update on outbound_file to hub_ingest;
grant select(acknowledged_at), select(attempts), select(control_number), select(created_at), select(created_by), select(detail), select(expects_acknowledgement), select(feed), select(functional_code), select(id), select(name), select(partner), select(sent_at), select(sha256), select(size_bytes), select(state), select(tenant_id) on outbound_file to hub_read;

-- patient: tenant, state; row level security forced, policy tenant_isolation
create table patient (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  key text not null,
  family_name text,
  given_name text,
  family_compare text,
  given_compare text,
  birth_date date,
  sex text,
  postal_code text,
  raw_id uuid not null,
  position text not null,
  status text not null default 'ACTIVE'::text,
  sources jsonb not null default '[]'::jsonb,
  constraint patient_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint patient_key UNIQUE (tenant_id, source_system, key)
);
create index patient_name on patient USING btree (tenant_id, family_compare, given_compare, birth_date);
grant delete, insert, select, update on patient to hub_ingest;
grant select on patient to hub_read;

-- patient_identifier: tenant, state; row level security forced, policy tenant_isolation
create table patient_identifier (
  tenant_id uuid not null,
  patient_id uuid not null,
  authority text not null,
  type text not null,
  value text not null,
  constraint patient_identifier_tenant_id_patient_id_authority_type_value_pk PRIMARY KEY (tenant_id, patient_id, authority, type, value)
);
create index patient_identifier_value on patient_identifier USING btree (tenant_id, authority, value);
grant delete, insert, select, update on patient_identifier to hub_ingest;
grant select on patient_identifier to hub_read;

-- patient_link: tenant, state; row level security forced, policy tenant_isolation
create table patient_link (
  tenant_id uuid not null,
  patient_id uuid not null,
  other_id uuid not null,
  kind text not null,
  since timestamp with time zone not null,
  raw_id uuid not null,
  position text not null,
  constraint patient_link_tenant_id_patient_id_other_id_pk PRIMARY KEY (tenant_id, patient_id, other_id)
);
create index patient_link_other on patient_link USING btree (tenant_id, other_id);
grant delete, insert, select, update on patient_link to hub_ingest;
grant select on patient_link to hub_read;

-- pharmacy: tenant, state; row level security forced, policy tenant_isolation
create table pharmacy (
  tenant_id uuid not null,
  id uuid not null,
  ncpdp text not null,
  npi text not null,
  dea text not null,
  name text not null,
  state text not null,
  opais_pharmacy_id text not null,
  address text not null,
  in_house_of text not null,
  in_house_from date,
  carve_in_reported_for text[] not null,
  feed text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint pharmacy_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint pharmacy_version UNIQUE (tenant_id, ncpdp, raw_id, ordinal)
);
create unique index pharmacy_current on pharmacy USING btree (tenant_id, ncpdp) WHERE (known_to IS NULL);
create index pharmacy_npi on pharmacy USING btree (tenant_id, npi);
create index pharmacy_opais on pharmacy USING btree (tenant_id, opais_pharmacy_id) WHERE (known_to IS NULL);
create index pharmacy_raw on pharmacy USING btree (tenant_id, raw_id);
grant delete, insert, select, update on pharmacy to hub_ingest;
grant select on pharmacy to hub_read;

-- plan: tenant, state; row level security forced, policy tenant_isolation
create table plan (
  tenant_id uuid not null,
  id uuid not null,
  bin text not null,
  pcn text not null,
  payer_group text not null,
  plan_type text not null,
  state text not null,
  name text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint plan_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint plan_version UNIQUE NULLS NOT DISTINCT (tenant_id, bin, pcn, payer_group, valid_from, raw_id, ordinal)
);
create unique index plan_current on plan USING btree (tenant_id, bin, pcn, payer_group, COALESCE(valid_from, '-infinity'::date)) WHERE (known_to IS NULL);
create index plan_raw on plan USING btree (tenant_id, raw_id);
grant delete, insert, select, update on plan to hub_ingest;
grant select on plan to hub_read;

-- policy_version: tenant, state; row level security forced, policy tenant_isolation
create table policy_version (
  tenant_id uuid not null,
  id uuid not null,
  valid_from date not null,
  parameters jsonb not null,
  approved_by text not null,
  known_from timestamp with time zone not null,
  constraint policy_version_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint policy_version_from UNIQUE (tenant_id, valid_from)
);
grant delete, insert, select, update on policy_version to hub_ingest;
grant select on policy_version to hub_read;

-- prescriber_affiliation: tenant, state; row level security forced, policy tenant_isolation
create table prescriber_affiliation (
  tenant_id uuid not null,
  id uuid not null,
  npi text not null,
  entity text not null,
  family_name text not null,
  given_name text not null,
  taxonomy text not null,
  affiliation text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  ended_on date,
  constraint prescriber_affiliation_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint prescriber_affiliation_version UNIQUE NULLS NOT DISTINCT (tenant_id, npi, entity, valid_from, raw_id, ordinal)
);
create unique index prescriber_affiliation_current on prescriber_affiliation USING btree (tenant_id, npi, entity, COALESCE(valid_from, '-infinity'::date)) WHERE ((known_to IS NULL) OR (ended_on IS NOT NULL));
create index prescriber_affiliation_raw on prescriber_affiliation USING btree (tenant_id, raw_id);
grant delete, insert, select, update on prescriber_affiliation to hub_ingest;
grant select on prescriber_affiliation to hub_read;

-- prescription: tenant, state; row level security forced, policy tenant_isolation
create table prescription (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  order_number text not null,
  status text not null,
  patient_id uuid,
  visit_number text,
  encounter_id uuid,
  rx_number text,
  ndc_text text,
  ndc11 text,
  drug_name text,
  written_date date,
  prescriber_npi text,
  quantity numeric(14,3),
  refills text,
  raw_id uuid not null,
  position text not null,
  sources jsonb not null default '[]'::jsonb,
  constraint prescription_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint prescription_order UNIQUE (tenant_id, source_system, order_number)
);
create index prescription_encounter on prescription USING btree (tenant_id, encounter_id);
create index prescription_patient on prescription USING btree (tenant_id, patient_id, written_date);
create index prescription_prescriber on prescription USING btree (tenant_id, prescriber_npi, written_date);
create index prescription_rx on prescription USING btree (tenant_id, rx_number);
create index prescription_short_ndc on prescription USING btree (tenant_id, patient_id) WHERE (ndc11 IS NULL);
create index prescription_visit on prescription USING btree (tenant_id, source_system, visit_number);
grant delete, insert, select, update on prescription to hub_ingest;
grant select on prescription to hub_read;

-- raw_chunk: tenant, state; row level security forced, policy tenant_isolation
create table raw_chunk (
  tenant_id uuid not null,
  month date not null,
  raw_id uuid not null,
  part integer not null,
  sha256 bytea not null,
  bytes bytea not null,
  size_bytes integer not null,
  constraint raw_chunk_tenant_id_month_raw_id_part_pk PRIMARY KEY (tenant_id, month, raw_id, part)
) partition by RANGE (month);
grant delete, insert, select, update on raw_chunk to hub_ingest;
-- partitions: one per month, made three months ahead by the migration, and a default one

-- raw_message: tenant, append; row level security forced, policy tenant_isolation
create table raw_message (
  tenant_id uuid not null,
  month date not null,
  id uuid not null,
  feed text not null,
  name text not null,
  control_id text not null,
  received_at timestamp with time zone not null,
  sha256 text not null,
  size_bytes bigint not null,
  payload bytea not null,
  parts integer not null default 0,
  constraint raw_message_tenant_id_month_id_pk PRIMARY KEY (tenant_id, month, id)
) partition by RANGE (month);
grant insert, select on raw_message to hub_ingest;
grant select(control_id), select(feed), select(id), select(month), select(name), select(received_at), select(sha256), select(size_bytes), select(tenant_id) on raw_message to hub_read;
-- partitions: one per month, made three months ahead by the migration, and a default one

-- raw_receipt: tenant, append; row level security forced, policy tenant_isolation
create table raw_receipt (
  tenant_id uuid not null,
  feed text not null,
  control_id text not null,
  sha256 text not null,
  raw_id uuid not null,
  month date not null,
  received_at timestamp with time zone not null,
  constraint raw_receipt_tenant_id_feed_control_id_sha256_pk PRIMARY KEY (tenant_id, feed, control_id, sha256)
);
grant insert, select on raw_receipt to hub_ingest;

-- raw_state: tenant, state; row level security forced, policy tenant_isolation
create table raw_state (
  tenant_id uuid not null,
  raw_id uuid not null,
  month date not null,
  feed text not null,
  received_at timestamp with time zone not null,
  state text not null default 'PENDING'::text,
  attempts integer not null default 0,
  records integer not null default 0,
  accepted integer not null default 0,
  rejected integer not null default 0,
  duplicate integer not null default 0,
  ignored integer not null default 0,
  processed_at timestamp with time zone,
  parts integer not null default 0,
  constraint raw_state_tenant_id_raw_id_pk PRIMARY KEY (tenant_id, raw_id)
);
create index raw_state_aside on raw_state USING btree (tenant_id, state, raw_id) WHERE (state = ANY (ARRAY['HELD'::text, 'REJECTED'::text, 'QUARANTINED'::text]));
create index raw_state_feed on raw_state USING btree (tenant_id, feed, received_at);
create index raw_state_pending on raw_state USING btree (tenant_id, raw_id) WHERE (state = 'PENDING'::text);
create index raw_state_pending_files on raw_state USING btree (tenant_id, raw_id) WHERE ((state = 'PENDING'::text) AND (parts > 0));
grant delete, insert, select, update on raw_state to hub_ingest;
grant select on raw_state to hub_monitor;
grant select on raw_state to hub_read;

-- record_error: tenant, state; row level security forced, policy tenant_isolation
create table record_error (
  tenant_id uuid not null,
  id uuid not null,
  feed text not null,
  ordinal integer not null,
  field text not null,
  message text not null,
  original text not null,
  accepted boolean not null,
  raw_id uuid not null,
  position text not null,
  constraint record_error_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint record_error_place UNIQUE (tenant_id, raw_id, ordinal)
);
grant delete, insert, select, update on record_error to hub_ingest;
grant select on record_error to hub_read;

-- referral: tenant, state; row level security forced, policy tenant_isolation
create table referral (
  tenant_id uuid not null,
  id uuid not null,
  source_system text not null,
  number text not null,
  patient_id uuid,
  status text not null,
  sources jsonb not null default '[]'::jsonb,
  raw_id uuid not null,
  position text not null,
  visit_number text,
  service text,
  ordered_date date,
  requester_npi text,
  performer_npi text,
  constraint referral_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint referral_number UNIQUE (tenant_id, source_system, number)
);
create index referral_patient on referral USING btree (tenant_id, patient_id, ordered_date);
grant delete, insert, select, update on referral to hub_ingest;
grant select on referral to hub_read;

-- rule_result: tenant, append; row level security forced, policy tenant_isolation
create table rule_result (
  tenant_id uuid not null,
  number integer not null,
  digest text not null,
  rule text not null,
  answer text not null,
  reason text not null,
  evidence jsonb not null,
  constraint rule_result_tenant_id_number_pk PRIMARY KEY (tenant_id, number),
  constraint rule_result_same UNIQUE (tenant_id, digest)
);
grant insert, select on rule_result to hub_ingest;
grant select on rule_result to hub_read;

-- schema_migration: local, state
create table schema_migration (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (name)
);
grant select on schema_migration to hub_ingest;
grant select on schema_migration to hub_read;

-- tenant: reference, state
create table tenant (
  id uuid not null,
  name text not null,
  title text not null,
  zone text not null,
  constraint tenant_pkey PRIMARY KEY (id),
  constraint tenant_name_unique UNIQUE (name)
);
grant delete, insert, select, update on tenant to hub_ingest;
grant select on tenant to hub_monitor;
grant select on tenant to hub_read;

-- tenant_entity: tenant, state; row level security forced, policy tenant_isolation
create table tenant_entity (
  tenant_id uuid not null,
  id340b text not null,
  constraint tenant_entity_tenant_id_id340b_pk PRIMARY KEY (tenant_id, id340b)
);
grant delete, insert, select, update on tenant_entity to hub_ingest;
grant select on tenant_entity to hub_read;

-- wholesaler_account: tenant, state; row level security forced, policy tenant_isolation
create table wholesaler_account (
  tenant_id uuid not null,
  id uuid not null,
  wholesaler text not null,
  account_number text not null,
  account_type text not null,
  entity text not null,
  ncpdp text not null,
  hin text not null,
  dea text not null,
  valid_from date,
  valid_to date,
  known_from timestamp with time zone not null,
  known_to timestamp with time zone,
  raw_id uuid not null,
  position text not null,
  ordinal integer not null,
  constraint wholesaler_account_tenant_id_id_pk PRIMARY KEY (tenant_id, id),
  constraint wholesaler_account_version UNIQUE (tenant_id, wholesaler, account_number, raw_id, ordinal)
);
create unique index wholesaler_account_current on wholesaler_account USING btree (tenant_id, wholesaler, account_number) WHERE (known_to IS NULL);
create index wholesaler_account_raw on wholesaler_account USING btree (tenant_id, raw_id);
grant delete, insert, select, update on wholesaler_account to hub_ingest;
grant select on wholesaler_account to hub_read;
