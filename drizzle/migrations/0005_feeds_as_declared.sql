ALTER TABLE "feed" ADD COLUMN "declared" jsonb;--> statement-breakpoint
ALTER TABLE "feed" ADD COLUMN "applied_at" timestamp with time zone;