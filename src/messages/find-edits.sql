-- All edits that lead to or from a message, oldest first.
-- Served by message_edit's primary key, message_edit_edited.
with recursive before as (
  select e.original_id, e.edited_id, e.at, e.editor, e.reason
  from message_edit e where e.tenant_id = $1::uuid and e.edited_id = $2::uuid
  union all
  select e.original_id, e.edited_id, e.at, e.editor, e.reason
  from before b join message_edit e on e.tenant_id = $1::uuid and e.edited_id = b.original_id
), after as (
  select e.original_id, e.edited_id, e.at, e.editor, e.reason
  from message_edit e where e.tenant_id = $1::uuid and e.original_id = $2::uuid
  union all
  select e.original_id, e.edited_id, e.at, e.editor, e.reason
  from after a join message_edit e on e.tenant_id = $1::uuid and e.original_id = a.edited_id
)
select original_id as "originalId", edited_id as "editedId", at, editor, reason
from (select * from before union all select * from after) e
order by at, edited_id
