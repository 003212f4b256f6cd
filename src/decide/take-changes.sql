-- Takes waiting changes away from the queue, oldest first: rows until they hold $2 keys. The transaction's end decides whether they are done.
-- Served by change's primary key.
-- By row address: the planner, who has no statistics of a queue, would join the taken keys row by row (3 s for 8,000 waiting).
delete from change c
where c.tenant_id = $1::uuid and c.ctid = any(array(
  select q.ctid from change q
  where q.tenant_id = $1::uuid
  order by q.id
  -- How many rows that is, counted from the oldest: a row is taken as long as those before it hold too few.
  limit (
    select count(*)
    from (
      select sum(o.keys) over (order by o.id) - o.keys as before
      from (
        select w.id, cardinality(w.keys) as keys from change w
        where w.tenant_id = $1::uuid
        order by w.id
        limit $2::int
      ) o
    ) r
    where r.before < $2::int
  )
  for update skip locked
))
returning c.kind, c.keys, c.raw_id as "rawId"
