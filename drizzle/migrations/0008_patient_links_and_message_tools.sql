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
CREATE TABLE "message_edit" (
	"tenant_id" uuid NOT NULL,
	"original_id" uuid NOT NULL,
	"edited_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"editor" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "message_edit_tenant_id_original_id_pk" PRIMARY KEY("tenant_id","original_id"),
	CONSTRAINT "message_edit_edited" UNIQUE("tenant_id","edited_id")
);
--> statement-breakpoint
CREATE TABLE "message_replay" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"state" text DEFAULT 'RUNNING' NOT NULL,
	"feed" text,
	"states" text[] NOT NULL,
	"since" timestamp with time zone,
	"until" timestamp with time zone NOT NULL,
	"total" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"last_id" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"started_by" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "message_replay_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "account" text;--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "history" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "encounter" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "patient" ADD COLUMN "status" text DEFAULT 'ACTIVE' NOT NULL;--> statement-breakpoint
ALTER TABLE "patient" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "prescription" ADD COLUMN "sources" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "patient_link_other" ON "patient_link" USING btree ("tenant_id","other_id");--> statement-breakpoint
CREATE INDEX "message_replay_running" ON "message_replay" USING btree ("tenant_id","id") WHERE state = 'RUNNING';--> statement-breakpoint
CREATE INDEX "encounter_account" ON "encounter" USING btree ("tenant_id","source_system","account") WHERE account is not null;--> statement-breakpoint
CREATE INDEX "raw_state_aside" ON "raw_state" USING btree ("tenant_id","state","raw_id") WHERE state in ('HELD', 'REJECTED', 'QUARANTINED');