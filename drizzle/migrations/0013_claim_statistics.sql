-- A first load has this table analysed a dozen times, fifty columns each time: a tenth of what the database does for it. Columns
-- that no statement asks by need no statistics, and the others no more than tell their spread.
DO $$
DECLARE column_name text;
BEGIN
  FOREACH column_name IN ARRAY '{tenant_id,id,transaction_key,feed,received_at,ncpdp,provider_qualifier,provider_id,response_status,rx_number,date_of_service,bin,other_payers,batch_id,batch_reference,prescriber_id,family_compare,given_compare,patient_birth_date,patient_id_authority,patient_id_value,raw_id}'::text[] LOOP
    EXECUTE format('ALTER TABLE claim_transaction ALTER COLUMN %I SET STATISTICS 20', column_name);
  END LOOP;
  FOREACH column_name IN ARRAY '{code,fill_number,dispensing_status,pcn,payer_group,cardholder,other_coverage,adjudicated_at,batch_created_at,transaction_index,ordinal,ndc_text,quantity,unit,days_supply,written_date,prescriber_qualifier,patient_family_name,patient_given_name,patient_sex,compound,submission_clarification,basis_of_cost,ingredient_cost,dispensing_fee,patient_pay,total_paid,position}'::text[] LOOP
    EXECUTE format('ALTER TABLE claim_transaction ALTER COLUMN %I SET STATISTICS 0', column_name);
  END LOOP;
END $$;
