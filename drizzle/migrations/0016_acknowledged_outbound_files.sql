ALTER TABLE "feed" ADD COLUMN "acknowledged_within_seconds" integer DEFAULT 86400 NOT NULL;--> statement-breakpoint
ALTER TABLE "outbound_file" ADD COLUMN "partner" text;--> statement-breakpoint
ALTER TABLE "outbound_file" ADD COLUMN "functional_code" text;--> statement-breakpoint
ALTER TABLE "outbound_file" ADD COLUMN "control_number" text;--> statement-breakpoint
ALTER TABLE "outbound_file" ADD COLUMN "expects_acknowledgement" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "outbound_file" ADD COLUMN "acknowledged_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "outbound_file_state" ON "outbound_file" USING btree ("tenant_id","feed","state");--> statement-breakpoint
CREATE INDEX "outbound_file_unacknowledged" ON "outbound_file" USING btree ("tenant_id","id") WHERE expects_acknowledgement and acknowledged_at is null and state = 'SENT';