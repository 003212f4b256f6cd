ALTER TABLE "claim_transaction" DROP CONSTRAINT "claim_transaction_same";--> statement-breakpoint
DROP INDEX "claim_transaction_rx";--> statement-breakpoint
DROP INDEX "claim_transaction_provider";--> statement-breakpoint
DROP INDEX "claim_transaction_batch";--> statement-breakpoint
DROP INDEX "claim_transaction_name";--> statement-breakpoint
DROP INDEX "claim_transaction_patient_id";--> statement-breakpoint
DROP INDEX "claim_transaction_number";--> statement-breakpoint
DROP INDEX "pharmacy_npi";--> statement-breakpoint
ALTER TABLE "claim_transaction" ALTER COLUMN "transaction_key" SET DATA TYPE uuid USING left(right("transaction_key", 64), 32)::uuid;--> statement-breakpoint
CREATE INDEX "claim_transaction_batch" ON "claim_transaction" USING btree ("tenant_id","feed","batch_id","batch_reference","transaction_index") WHERE response_status = '';--> statement-breakpoint
CREATE INDEX "claim_transaction_name" ON "claim_transaction" USING btree ("tenant_id","family_compare","given_compare","patient_birth_date") WHERE family_compare is not null and given_compare is not null and patient_birth_date is not null;--> statement-breakpoint
CREATE INDEX "claim_transaction_patient_id" ON "claim_transaction" USING btree ("tenant_id","patient_id_authority","patient_id_value") WHERE patient_id_value is not null;--> statement-breakpoint
CREATE INDEX "claim_transaction_number" ON "claim_transaction" USING btree ("tenant_id","rx_number") WHERE patient_id_value is null and family_compare is null and given_compare is null and patient_birth_date is null;--> statement-breakpoint
CREATE INDEX "pharmacy_npi" ON "pharmacy" USING btree ("tenant_id","npi");--> statement-breakpoint
ALTER TABLE "claim_transaction" ADD CONSTRAINT "claim_transaction_rx" UNIQUE("tenant_id","ncpdp","rx_number","transaction_key");