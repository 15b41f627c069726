-- The ledger: a Merkle tree over the log in tiles of 256 hashes, and what was signed of it. Written by the signer alone.
create schema ledger;

create table ledger.tile (
    level int not null,                              -- 0 holds the hashes of events, one a position
    place bigint not null,
    hashes bytea not null,                           -- up to 256 of 32 bytes; grows until it is full, never changes
    primary key (level, place)
);
alter table ledger.tile alter column hashes set storage external; -- hashes do not compress

create table ledger.checkpoint (
    size bigint primary key,                         -- how many events it covers: the positions 1 to size
    root bytea not null,
    note text not null,                              -- as it was signed
    signed_at timestamptz not null default now()
);

create table ledger.cosignature (
    size bigint not null references ledger.checkpoint (size),
    witness text collate "C" not null,
    line text not null,                              -- the witness's signature line, as it came
    witnessed_at timestamptz not null,               -- as the witness says
    primary key (size, witness)
);

-- As before; the last element of the answer is new: how long the lock was waited for, in microseconds.
create or replace function log.append(
    r_cmd int [], r_stream text [], r_version bigint [],
    e_cmd int [], e_process text [], e_stream text [], e_version bigint [], e_topic text [], e_state bytea [],
    e_subject text [], e_id uuid [],
    v_event int [], v_field text [], v_key text [], v_cipher bytea []
) returns bigint [] language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    head bigint; moment bigint; stale int []; known int []; answer bigint []; waiting timestamptz := clock_timestamp();
    waited bigint;
begin
    perform pg_advisory_xact_lock(771, 1);
    waited := (extract(epoch from clock_timestamp() - waiting) * 1000000)::bigint;
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
    return answer || waited;
end $$;

-- Only what an event replaces may leave the vault: through this function, with its owner's rights, and no other way.
alter function log.redact(text, bigint [], text [], bigint, text) security definer set search_path = pg_catalog, pg_temp;
