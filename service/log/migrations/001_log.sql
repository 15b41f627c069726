-- The log. One row an event; the state and these columns are what a proof will cover, so they are never rewritten.
create schema log;

create table log.cell (
    only_one boolean primary key default true check (only_one),
    id uuid not null default gen_random_uuid(),
    sealed_check bytea                               -- a known word under the master key: another key is noticed at once
);
insert into log.cell default values;

create table log.event (
    notification_id bigint primary key,              -- the position: dense, given under the lock, by no sequence
    originator_id text collate "C" not null,         -- the stream
    originator_version bigint not null,
    topic text not null,                             -- the event's name
    state bytea not null,                            -- deterministic JSON, commitments in place of personal text
    process text collate "C" not null,
    subject text collate "C" not null,               -- also in the state; a column so that one thing is found fast
    event_id uuid not null,
    recorded_at bigint not null,                     -- microseconds since 1970, never going back
    unique (originator_id, originator_version),
    unique (process, event_id)
) with (autovacuum_vacuum_insert_threshold = 50000, autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.01);
create index event_of_process on log.event (process, notification_id);
create index event_of_subject on log.event (process, subject, notification_id);

-- One key a person (or, for text without a participant, a thing); wrapped by a master key kept outside the database.
create table log.person_key (
    key_id text collate "C" primary key,
    process text collate "C" not null,
    wrapped bytea                                    -- null: erased; the row stays, so that it does not come back
);

-- Personal text, apart from the events so that it can be deleted. The foreign key refuses a write under an erased key.
create table log.vault (
    position bigint not null references log.event (notification_id),
    field text collate "C" not null,
    key_id text collate "C" not null references log.person_key (key_id),
    cipher bytea not null,
    primary key (position, field)
);
create index vault_of_key on log.vault (key_id);
create index vault_by_commitment on log.vault (sha256(cipher));

-- Appends one command, or a group of commands. Answers per event: its position; 0 = a stream it read has moved;
-- -1 = its id is known. It answers values instead of raising, so that one stale command never spoils its group.
-- Plans are pinned: one cached on an empty table would scan a full one.
create function log.append(
    r_cmd int [], r_stream text [], r_version bigint [],
    e_cmd int [], e_process text [], e_stream text [], e_version bigint [], e_topic text [], e_state bytea [],
    e_subject text [], e_id uuid [],
    v_event int [], v_field text [], v_key text [], v_cipher bytea []
) returns bigint [] language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    head bigint; moment bigint; stale int []; known int []; answer bigint [];
begin
    perform pg_advisory_xact_lock(771, 1);
    select array_agg(distinct c) into stale from unnest(r_cmd, r_stream, r_version) r (c, s, v)
        where v <> coalesce((select originator_version from log.event e where e.originator_id = r.s order by originator_version desc limit 1), 0);
    select array_agg(distinct c) into known from unnest(e_cmd, e_process, e_id) k (c, p, i)
        where exists (select from log.event where process = p and event_id = i);
    select notification_id, recorded_at into head, moment from log.event order by notification_id desc limit 1;
    head := coalesce(head, 0);
    moment := greatest(coalesce(moment, 0), (extract(epoch from clock_timestamp()) * 1000000)::bigint);
    select array_agg(case when c = any(known) then -1 when c = any(stale) then 0 else head + k end order by i) into answer
        from (select c, i, count(*) filter (where not (c = any(coalesce(known, '{}')) or c = any(coalesce(stale, '{}'))))
                over (order by i) k from unnest(e_cmd) with ordinality x (c, i)) y;
    insert into log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at)
        select n, s, v, t, d, p, j, id, moment
        from unnest(answer, e_process, e_stream, e_version, e_topic, e_state, e_subject, e_id) x (n, p, s, v, t, d, j, id) where n > 0;
    if v_event is not null then
        insert into log.vault (position, field, key_id, cipher)
            select answer[e], f, k, c from unnest(v_event, v_field, v_key, v_cipher) y (e, f, k, c) where answer[e] > 0;
    end if;
    notify event;
    return answer;
end $$;
