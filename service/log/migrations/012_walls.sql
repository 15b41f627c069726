-- The second wall: whoever does not own the tables reads and adds only what is of the process their connection names.
-- kurslog.scope holds its id; '/' is the whole cell (see service/log/scope.py); unset or empty is nothing.
-- The setting is read once a statement, not once a row.
create function log.wall(guarded regclass) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from pg_policy where polrelid = guarded and polname = 'of_process') then
        execute format('alter table %s enable row level security', guarded);
        execute format(
            'create policy of_process on %s using '
            '((select nullif(current_setting(''kurslog.scope'', true), '''')) in (process, ''/''))', guarded
        );
    end if;
end $$;
revoke execute on function log.wall(regclass) from public;

-- Whether a function that runs with its owner's rights may touch this process for whoever called it.
create function log.admits(wanted text) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$
    select nullif(current_setting('kurslog.scope', true), '') in (wanted, '/') or pg_has_role(
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        (select relowner from pg_class where oid = 'log.event'::regclass), 'usage'
    )
$$;

-- Where the log ends, for everybody: a number and a moment, of no process.
create function log.tip(out head bigint, out moment bigint) language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
    select notification_id, recorded_at into head, moment from log.event order by notification_id desc limit 1;
    head := coalesce(head, 0);
    moment := coalesce(moment, 0);
end $$;

-- Columns, for behind a wall an index over an expression is not looked into before the rows are judged.
alter table log.vault
    add column process text collate "C" not null generated always as (split_part(key_id, '/', 1)) stored,
    add column commitment bytea not null generated always as (sha256(cipher)) stored;
drop index log.vault_by_commitment;
create index vault_by_commitment on log.vault (commitment);

select log.wall(c.oid) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'process'
    where c.relnamespace in ('log'::regnamespace, 'read'::regnamespace) and c.relkind = 'r';

-- Keys of no process are the cell's own: of the names of accounts, and of where wrong tries come from.
create policy of_cell on log.person_key using (process = '');

-- What was redacted is known by its place; whoever sees the entry there sees this.
alter table log.redacted enable row level security;
create policy of_process on log.redacted using (exists (select from log.event e where e.notification_id = position));

-- As before, with the rights of whoever appends; only where the log ends is told beyond the scope.
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
    select t.head, t.moment into head, moment from log.tip() t;
    moment := greatest(moment, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
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

-- As before, within the scope of whoever calls.
create or replace function log.redact(stream text, versions bigint [], fields text [], replacement bigint, replacement_field text)
returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not log.admits((select e.process from log.event e where e.notification_id = replacement)) then
        raise exception 'the entry is of another process' using errcode = 'insufficient_privilege';
    end if;
    with gone as (
        delete from log.vault v using log.event e, unnest(versions, fields) x (version, field)
            where e.originator_id = stream and e.originator_version = x.version
            and v.position = e.notification_id and v.field = x.field
            and e.process = (select r.process from log.event r where r.notification_id = replacement)
            returning v.position, v.field, v.commitment
    ), moved as (
        update log.redacted r set by_position = replacement, by_field = replacement_field
            from gone where r.by_position = gone.position and r.by_field = gone.field
    )
    insert into log.redacted (position, field, commitment, by_position, by_field)
        select position, field, commitment, replacement, replacement_field from gone;
end $$;
