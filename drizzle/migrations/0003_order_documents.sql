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
CREATE INDEX "edi_group_waiting" ON "edi_group" USING btree ("tenant_id","raw_id") WHERE state = 'WAITING';--> statement-breakpoint
CREATE INDEX "edi_interchange_number" ON "edi_interchange" USING btree ("tenant_id","partner","control_number");