-- Keeps what a person decided about a feed.
-- Served by feed_decision's primary key.
insert into feed_decision (tenant_id, id, feed, kind, subject, detail, reason, decided_by, decided_at)
values ($1::uuid, $2::uuid, $3, $4, $5, $6::text::jsonb, $7, $8, $9::timestamptz);
