-- The baseline's stage: one typed table for the extract as it stands, as durable as any other, without an index.
-- Served by nothing: it is only written.
create table if not exists bench_claim_stage (
  txn text, ncpdp_id text, rx_no text, fill_no int, fill_dt date, adj_ts timestamp, ndc text, qty numeric, uom text, days int,
  written_dt date, prescriber_npi text, bin text, pcn text, grp text, cardholder text, pat_last text, pat_first text,
  pat_dob date, pat_sex text, pat_mrn text, ing_cost numeric, disp_fee numeric, copay numeric, paid numeric, occ int, scc text,
  basis text, cmpd text, store_name text, store_street text, store_city text, store_state text, store_zip text, drug_name text,
  strength text, refills int, prescriber_last text, prescriber_first text, auth_no text
);
