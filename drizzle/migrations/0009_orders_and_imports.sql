CREATE TABLE "data_import" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"raw_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"rows" integer NOT NULL,
	"added" integer NOT NULL,
	"changed" integer NOT NULL,
	"ended" integer NOT NULL,
	"unchanged" integer NOT NULL,
	"waiting" boolean NOT NULL,
	CONSTRAINT "data_import_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "data_import_file" UNIQUE("tenant_id","raw_id","kind")
);
--> statement-breakpoint
CREATE TABLE "data_snapshot" (
	"tenant_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"feed" text NOT NULL,
	"within_part" text NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"raw_id" uuid NOT NULL,
	CONSTRAINT "data_snapshot_tenant_id_kind_feed_within_part_known_from_raw_id_pk" PRIMARY KEY("tenant_id","kind","feed","within_part","known_from","raw_id")
);
--> statement-breakpoint
CREATE TABLE "import_effect" (
	"tenant_id" uuid NOT NULL,
	"raw_id" uuid NOT NULL,
	"dispenses" integer NOT NULL,
	CONSTRAINT "import_effect_tenant_id_raw_id_pk" PRIMARY KEY("tenant_id","raw_id")
);
--> statement-breakpoint
CREATE TABLE "edi_acknowledgement" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"partner" text NOT NULL,
	"kind" text NOT NULL,
	"functional_code" text NOT NULL,
	"control_number" text NOT NULL,
	"status" text NOT NULL,
	"sets_included" integer,
	"sets_received" integer,
	"sets_accepted" integer,
	"notes" text[] NOT NULL,
	"sets" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"content_hash" text NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "edi_acknowledgement_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "edi_acknowledgement_version" UNIQUE("tenant_id","partner","control_number","functional_code","kind","content_hash")
);
--> statement-breakpoint
CREATE TABLE "edi_group" (
	"tenant_id" uuid NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"partner" text NOT NULL,
	"functional_code" text NOT NULL,
	"control_number" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text NOT NULL,
	CONSTRAINT "edi_group_tenant_id_raw_id_position_pk" PRIMARY KEY("tenant_id","raw_id","position")
);
--> statement-breakpoint
CREATE TABLE "edi_interchange" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"partner" text NOT NULL,
	"serial" integer NOT NULL,
	"control_number" text NOT NULL,
	"functional_code" text NOT NULL,
	"feed" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"answers_raw_id" uuid,
	"answers_position" text,
	"content" text NOT NULL,
	"expects_acknowledgement" boolean NOT NULL,
	CONSTRAINT "edi_interchange_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "edi_interchange_serial" UNIQUE("tenant_id","partner","serial"),
	CONSTRAINT "edi_interchange_answers" UNIQUE("tenant_id","answers_raw_id","answers_position")
);
--> statement-breakpoint
CREATE TABLE "order_document" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"wholesaler" text NOT NULL,
	"account_number" text NOT NULL,
	"document_number" text NOT NULL,
	"purchase_order" text NOT NULL,
	"document_date" date,
	"purpose" text NOT NULL,
	"response" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"feed" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"content_hash" text NOT NULL,
	"lines" jsonb NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "order_document_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "order_document_version" UNIQUE("tenant_id","purchase_order","wholesaler","account_number","kind","document_number","content_hash")
);
--> statement-breakpoint
CREATE TABLE "hcpcs_ndc" (
	"id" uuid NOT NULL,
	"hcpcs" text NOT NULL,
	"ndc11" text NOT NULL,
	"drug_name" text NOT NULL,
	"labeler_name" text NOT NULL,
	"dosage" text NOT NULL,
	"bill_units" numeric(14, 3) NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "hcpcs_ndc_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "hcpcs_ndc_version" UNIQUE("hcpcs","ndc11","raw_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "nadac_price" (
	"id" uuid NOT NULL,
	"ndc11" text NOT NULL,
	"effective_from" date NOT NULL,
	"unit_cost" numeric(14, 5) NOT NULL,
	"unit" text NOT NULL,
	"known_from" timestamp with time zone NOT NULL,
	"known_to" timestamp with time zone,
	"ordinal" integer NOT NULL,
	"raw_id" uuid NOT NULL,
	"position" text NOT NULL,
	CONSTRAINT "nadac_price_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "nadac_price_version" UNIQUE("ndc11","effective_from","raw_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "change" ADD COLUMN "raw_id" uuid;--> statement-breakpoint
CREATE INDEX "data_import_received" ON "data_import" USING btree ("tenant_id","received_at","id");--> statement-breakpoint
CREATE INDEX "data_import_waiting" ON "data_import" USING btree ("tenant_id","id") WHERE waiting;--> statement-breakpoint
CREATE INDEX "edi_group_waiting" ON "edi_group" USING btree ("tenant_id","raw_id") WHERE state = 'WAITING';--> statement-breakpoint
CREATE INDEX "edi_interchange_number" ON "edi_interchange" USING btree ("tenant_id","partner","control_number");--> statement-breakpoint
CREATE UNIQUE INDEX "hcpcs_ndc_current" ON "hcpcs_ndc" USING btree ("hcpcs","ndc11") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "hcpcs_ndc_package" ON "hcpcs_ndc" USING btree ("ndc11") WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "hcpcs_ndc_raw" ON "hcpcs_ndc" USING btree ("raw_id");--> statement-breakpoint
CREATE UNIQUE INDEX "nadac_price_current" ON "nadac_price" USING btree ("ndc11",coalesce(effective_from, '-infinity')) WHERE known_to is null;--> statement-breakpoint
CREATE INDEX "nadac_price_raw" ON "nadac_price" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "drug_price_raw" ON "drug_price" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "fee_schedule_raw" ON "fee_schedule" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "location_crosswalk_raw" ON "location_crosswalk" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "manufacturer_policy_raw" ON "manufacturer_policy" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "medicaid_policy_raw" ON "medicaid_policy" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "pharmacy_raw" ON "pharmacy" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "plan_raw" ON "plan" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "prescriber_affiliation_raw" ON "prescriber_affiliation" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "wholesaler_account_raw" ON "wholesaler_account" USING btree ("tenant_id","raw_id");--> statement-breakpoint
CREATE INDEX "contract_pharmacy_raw" ON "contract_pharmacy" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "covered_entity_raw" ON "covered_entity" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "drug_package_raw" ON "drug_package" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "drug_product_raw" ON "drug_product" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "medicaid_exclusion_raw" ON "medicaid_exclusion" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "medicaid_number_raw" ON "medicaid_number" USING btree ("raw_id");--> statement-breakpoint
CREATE INDEX "orphan_designation_raw" ON "orphan_designation" USING btree ("raw_id");