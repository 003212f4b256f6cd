CREATE TABLE "data_sighting" (
	"tenant_id" uuid NOT NULL,
	"raw_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"id" uuid NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"keys" bigint[] NOT NULL,
	"ordinals" integer[] NOT NULL,
	"positions" text[] NOT NULL,
	CONSTRAINT "data_sighting_tenant_id_raw_id_kind_id_pk" PRIMARY KEY("tenant_id","raw_id","kind","id")
);
--> statement-breakpoint
ALTER TABLE "medicaid_exclusion" DROP CONSTRAINT "medicaid_exclusion_version";--> statement-breakpoint
DROP INDEX "medicaid_exclusion_current";--> statement-breakpoint
ALTER TABLE "medicaid_exclusion" ADD COLUMN "start_date" date;--> statement-breakpoint
ALTER TABLE "medicaid_exclusion" ADD COLUMN "termination_date" date;--> statement-breakpoint
CREATE INDEX "data_sighting_known" ON "data_sighting" USING btree ("tenant_id","kind","known_from");--> statement-breakpoint
CREATE UNIQUE INDEX "medicaid_exclusion_current" ON "medicaid_exclusion" USING btree ("quarter","id340b","state","medicaid_number","npi",coalesce(start_date, '-infinity')) WHERE known_to is null;--> statement-breakpoint
ALTER TABLE "medicaid_exclusion" ADD CONSTRAINT "medicaid_exclusion_version" UNIQUE NULLS NOT DISTINCT("quarter","id340b","state","medicaid_number","npi","start_date","raw_id","ordinal");