-- Takes away referrals of which nothing is said any more.
-- Served by the primary key of referral.
delete from referral r where r.tenant_id = $1::uuid and r.id = any($2::uuid[])
