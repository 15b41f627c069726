-- Where a process stands: its last entry, and the last of its register. Asked by every request, before anything else.
-- The plans are pinned: left to itself PostgreSQL sorts a whole process while it knows no figures of it, and once it does
-- it may walk back through the whole log for one in which nobody wrote for long. The first question says "at least, and at
-- most" so that no other index has its order.
create function log.standing(asked text, out head bigint, out recorded_at bigint, out register bigint)
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
    select e.notification_id, e.recorded_at into head, recorded_at from log.event e
        where e.process >= asked and e.process <= asked order by e.process desc, e.notification_id desc limit 1;
    select e.originator_version into register from log.event e
        where e.originator_id = 'process/' || asked order by e.originator_version desc limit 1;
end $$;
