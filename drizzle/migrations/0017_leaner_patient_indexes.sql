DROP INDEX "claim_transaction_name";--> statement-breakpoint
DROP INDEX "claim_transaction_patient_id";--> statement-breakpoint
CREATE INDEX "claim_transaction_name" ON "claim_transaction" USING btree ("tenant_id","family_compare","patient_birth_date") WHERE family_compare is not null and given_compare is not null and patient_birth_date is not null;--> statement-breakpoint
CREATE INDEX "claim_transaction_patient_id" ON "claim_transaction" USING btree ("tenant_id","patient_id_value") WHERE patient_id_value is not null;--> statement-breakpoint
-- Pieces are compressed before they come: to try again takes time and saves nothing.
ALTER TABLE "raw_chunk" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
