-- Groups that wait for their 997, locked; those that another worker holds are left to it. By partner, so that workers ask for numbers in one order.
-- Served by edi_group_waiting, the primary key of feed, edi_interchange_answers.
select g.raw_id as "rawId", g.position, g.feed, f.format, f.zone, g.body,
  exists (
    select 1 from edi_interchange i
    where i.tenant_id = $1::uuid and i.answers_raw_id = g.raw_id and i.answers_position = g.position) as answered
from (
  select w.raw_id, w.position, w.feed, w.partner, w.body
  from edi_group w
  where w.tenant_id = $1::uuid and w.state = 'WAITING'
  order by w.raw_id
  limit $2::int
  for no key update skip locked
) g
join feed f on f.tenant_id = $1::uuid and f.name = g.feed
order by g.partner collate "C", g.raw_id, g.position collate "C"
