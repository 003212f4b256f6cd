ALTER TABLE "determination" DROP CONSTRAINT "determination_dispense";
--> statement-breakpoint
ALTER TABLE "patient_identifier" DROP CONSTRAINT "patient_identifier_patient";
--> statement-breakpoint
ALTER TABLE "invoice_line" DROP CONSTRAINT "invoice_line_invoice";
--> statement-breakpoint
CREATE INDEX "claim_transaction_number" ON "claim_transaction" USING btree ("tenant_id","rx_number");--> statement-breakpoint
CREATE INDEX "claim_transaction_payer" ON "claim_transaction" USING btree ("tenant_id","bin");--> statement-breakpoint
CREATE INDEX "claim_transaction_other_payers" ON "claim_transaction" USING btree ("tenant_id") WHERE other_payers <> '[]';--> statement-breakpoint
CREATE INDEX "determination_provisional" ON "determination" USING btree ("tenant_id","dispense_id") WHERE current and provisional;--> statement-breakpoint
CREATE INDEX "determination_absent" ON "determination" USING btree ("tenant_id","entity") WHERE current and status = 'INELIGIBLE';--> statement-breakpoint
CREATE INDEX "dispense_short_ndc" ON "dispense" USING btree ("tenant_id","ndc_text") WHERE btrim(ndc_text) ~ '^[0-9]{1,10}$';--> statement-breakpoint
CREATE INDEX "dispense_plan_type" ON "dispense" USING btree ("tenant_id","plan_type") WHERE plan_type in ('MEDICAID_FFS', 'MEDICAID_MCO');--> statement-breakpoint
CREATE INDEX "encounter_unmapped" ON "encounter" USING btree ("tenant_id","id") WHERE site_id340b is null;--> statement-breakpoint
CREATE INDEX "prescription_short_ndc" ON "prescription" USING btree ("tenant_id","patient_id") WHERE ndc11 is null;--> statement-breakpoint
CREATE INDEX "invoice_line_unresolved" ON "invoice_line" USING btree ("tenant_id","invoice_id") WHERE ndc11 is null or btrim(ndc_text) ~ '^[0-9]{1,10}$';