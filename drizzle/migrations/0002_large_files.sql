CREATE TABLE "raw_chunk" (
	"tenant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"raw_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"sha256" "bytea" NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "raw_chunk_tenant_id_month_raw_id_part_pk" PRIMARY KEY("tenant_id","month","raw_id","part")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
ALTER TABLE "raw_message" ALTER COLUMN "size_bytes" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "raw_message" ADD COLUMN "parts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "raw_state" ADD COLUMN "parts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "raw_state_pending_files" ON "raw_state" USING btree ("tenant_id","raw_id") WHERE state = 'PENDING' and parts > 0;