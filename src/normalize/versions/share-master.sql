-- Workers that resolve pharmacies or sites by a tenant's master data run side by side, but not beside one that changes it.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text, 340))
