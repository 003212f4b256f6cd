DROP INDEX "dispense_encounter";--> statement-breakpoint
DROP INDEX "dispense_prescription";--> statement-breakpoint
DROP INDEX "dispense_payer";--> statement-breakpoint
DROP INDEX "dispense_pending";--> statement-breakpoint
DROP INDEX "dispense_accrual";--> statement-breakpoint
CREATE INDEX "dispense_accrual" ON "dispense" USING btree ("tenant_id","entity","ncpdp","ndc11","bucket") WHERE bucket is not null;