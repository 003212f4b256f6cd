-- A worker that changes a tenant's master data waits for those that resolve by it, and they for it: else both miss the other.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 340))
