-- One event, as most commands are: log.append, with no more statements than the row needs. That its id and its version are
-- new, the unique keys say; only where they do not let it in is it asked which of them it was. Answers its position, 0 or -1
-- like log.append, and behind it the microseconds it waited for the lock.
-- r_: the streams that were read; its own is not among them where the event begins it.
-- What is assigned, or stands alone in an if, runs without a statement around it.
create function log.append_one(
    r_stream text [], r_version bigint [],
    e_process text, e_stream text, e_version bigint, e_topic text, e_state bytea, e_subject text, e_id uuid,
    v_field text [], v_key text [], v_cipher bytea []
) returns bigint [] language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    nothing text; tip record; moved boolean := false; answer bigint := 0; waiting timestamptz := clock_timestamp();
    waited bigint;
begin
    nothing := pg_advisory_xact_lock(771, 1);
    waited := (extract(epoch from clock_timestamp() - waiting) * 1000000)::bigint;
    if cardinality(r_stream) > 0 then
        moved := exists (
            select from unnest(r_stream, r_version) r (s, v) where v <> coalesce(
                (select originator_version from log.event e where e.originator_id = r.s order by originator_version desc limit 1), 0
            )
        );
    end if;
    if not moved then
        tip := log.tip();
        insert into log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at)
            values (
                tip.head + 1, e_stream, e_version, e_topic, e_state, e_process, e_subject, e_id,
                greatest(tip.moment, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
            ) on conflict do nothing;
        if found then
            answer := tip.head + 1;
        end if;
    end if;
    if answer = 0 then
        return array[case when exists (select from log.event where process = e_process and event_id = e_id) then -1 else 0 end, waited];
    end if;
    if cardinality(v_field) > 0 then
        insert into log.vault (position, field, key_id, cipher)
            select answer, f, k, c from unnest(v_field, v_key, v_cipher) v (f, k, c);
    end if;
    notify event;
    return array[answer, waited];
end $$;

-- As before, in one statement: no row is passed over unlocked, for the first that is erased ends it.
create or replace function log.check_key() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (
        with held as materialized (
            select wrapped from log.person_key where key_id in (select key_id from added where cipher is not null) for share
        )
        select from held where wrapped is null
    ) then
        raise exception 'the key is erased' using errcode = 'KL001';
    end if;
    return null;
end $$;
