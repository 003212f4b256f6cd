CREATE TABLE "consult_note" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"number" text NOT NULL,
	"patient_id" uuid,
	"status" text NOT NULL,
	"sources" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"referral_number" text,
	"author_npi" text,
	"written_date" date,
	CONSTRAINT "consult_note_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "consult_note_number" UNIQUE("tenant_id","source_system","number")
);
--> statement-breakpoint
CREATE TABLE "coverage" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"number" text NOT NULL,
	"patient_id" uuid,
	"status" text NOT NULL,
	"sources" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"kind" text,
	"payer_name" text,
	"payer_id" text,
	"plan_code" text,
	"bin" text,
	"pcn" text,
	"payer_group" text,
	"cardholder" text,
	"priority" text,
	"valid_from" date,
	"valid_to" date,
	CONSTRAINT "coverage_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "coverage_number" UNIQUE("tenant_id","source_system","number")
);
--> statement-breakpoint
CREATE TABLE "referral" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_system" text NOT NULL,
	"number" text NOT NULL,
	"patient_id" uuid,
	"status" text NOT NULL,
	"sources" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"visit_number" text,
	"service" text,
	"ordered_date" date,
	"requester_npi" text,
	"performer_npi" text,
	CONSTRAINT "referral_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "referral_number" UNIQUE("tenant_id","source_system","number")
);
--> statement-breakpoint
CREATE INDEX "consult_note_referral" ON "consult_note" USING btree ("tenant_id","source_system","referral_number");--> statement-breakpoint
CREATE INDEX "coverage_patient" ON "coverage" USING btree ("tenant_id","patient_id");--> statement-breakpoint
CREATE INDEX "referral_patient" ON "referral" USING btree ("tenant_id","patient_id","ordered_date");