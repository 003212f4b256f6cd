CREATE TABLE "patient_link" (
	"tenant_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"other_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "patient_link_tenant_id_patient_id_other_id_pk" PRIMARY KEY("tenant_id","patient_id","other_id")
);
--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "account" text;--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "history" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "patient" ADD COLUMN "status" text DEFAULT 'ACTIVE' NOT NULL;--> statement-breakpoint
ALTER TABLE "patient" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "prescription" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "patient_link_other" ON "patient_link" USING btree ("tenant_id","other_id");--> statement-breakpoint
CREATE INDEX "encounter_account" ON "encounter" USING btree ("tenant_id","source_system","account") WHERE account is not null;