-- Lets every lease expire: said by a hub that knows that no other process can be at work.
-- Served by no index: a row for each feed.
update lease l set expires_at = '-infinity' where l.expires_at > '-infinity';
