ALTER TABLE "raw_chunk" ADD COLUMN "size_bytes" integer;
--> statement-breakpoint
-- Of pieces stored before they were compressed: none outside of development.
UPDATE "raw_chunk" SET "size_bytes" = length("bytes");
--> statement-breakpoint
ALTER TABLE "raw_chunk" ALTER COLUMN "size_bytes" SET NOT NULL;
