DROP INDEX "claim_transaction_payer";--> statement-breakpoint
DROP INDEX "claim_transaction_other_payers";--> statement-breakpoint
-- What waits stays: each key becomes a row of one. By type, which no row-level security stands in the way of.
ALTER TABLE "change" ALTER COLUMN "key" SET DATA TYPE text[] USING ARRAY["key"];--> statement-breakpoint
ALTER TABLE "change" RENAME COLUMN "key" TO "keys";
