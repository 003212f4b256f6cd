CREATE TABLE "feed_decision" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"feed" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL,
	"reason" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feed_decision_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "outbound_file" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"feed" text NOT NULL,
	"name" text NOT NULL,
	"payload" "bytea" NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"temporary_name" text,
	"rename_intended_at" timestamp with time zone,
	"lease_token" text,
	"detail" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "outbound_file_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "outbound_file_name" UNIQUE("tenant_id","feed","name")
);
--> statement-breakpoint
CREATE INDEX "feed_decision_last" ON "feed_decision" USING btree ("tenant_id","feed","kind","id");--> statement-breakpoint
CREATE INDEX "outbound_file_open" ON "outbound_file" USING btree ("tenant_id","feed","id") WHERE state in ('QUEUED', 'SENDING', 'UNCERTAIN');