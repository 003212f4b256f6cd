-- The baseline's stage: one typed table for the extract as it stands, as durable as any other, without an index.
-- Served by nothing: it is only written. A second one carries indexes.
create table if not exists bench_claim_stage (
  txn text, ncpdp_id text, rx_no text, fill_no int, fill_dt date, adj_ts timestamp, ndc text, qty numeric, uom text, days int,
  written_dt date, prescriber_npi text, bin text, pcn text, grp text, cardholder text, pat_last text, pat_first text,
  pat_dob date, pat_sex text, pat_mrn text, ing_cost numeric, disp_fee numeric, copay numeric, paid numeric, occ int, scc text,
  basis text, cmpd text, store_name text, store_street text, store_city text, store_state text, store_zip text, drug_name text,
  strength text, refills int, prescriber_last text, prescriber_first text, auth_no text
);
-- The same rows with a key of their own and indexes like those that claim_transaction fills for such a file: what keeping them costs anybody.
create table if not exists bench_claim_indexed (
  like bench_claim_stage, tenant_id uuid not null default '00000000-0000-7000-8000-000000000001', id bigint generated always as identity,
  primary key (tenant_id, id)
);
create index if not exists bench_claim_rx on bench_claim_indexed (tenant_id, ncpdp_id, rx_no, fill_no, adj_ts);
create index if not exists bench_claim_name on bench_claim_indexed (tenant_id, pat_last, pat_first, pat_dob);
create index if not exists bench_claim_patient on bench_claim_indexed (tenant_id, pat_mrn, qty);
