-- Who read whose personal texts, counted by the day: kept apart from the log, without a word of any text.
create table log.read_count (
    process text collate "C" not null,
    day date not null,                               -- in Copenhagen, when the read was noted
    account text collate "C" not null,
    role text collate "C" not null,                  -- the part the account acted in; 'public' without one
    use text collate "C" not null,                   -- what for: page, projection, report, export, coding
    participant text collate "C" not null,           -- whose texts
    times bigint not null check (times > 0),
    primary key (process, day, account, role, use, participant)
);
create index read_of_participant on log.read_count (process, participant, day);

-- The days that are over: nothing is added to them. Sealed once each process's fingerprint of them stands in the log.
create table log.read_day (
    day date primary key,
    sealed boolean not null default false
);

-- Adds to the counts of today, and is the only way there: a count is never lowered, and a closed day stays as it is.
create function log.note_reads(
    r_process text [], r_account text [], r_role text [], r_use text [], r_participant text [], r_times bigint []
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date;
begin
    perform pg_advisory_xact_lock_shared(771, 10);   -- whoever closes a day waits until this is written
    select greatest((clock_timestamp() at time zone 'Europe/Copenhagen')::date, max(day) + 1) into today from log.read_day;
    insert into log.read_count as held (process, day, account, role, use, participant, times)
        select p, today, a, r, u, w, n
        from unnest(r_process, r_account, r_role, r_use, r_participant, r_times) x (p, a, r, u, w, n)
        where n > 0 order by p, a, r, u, w
        on conflict (process, day, account, role, use, participant) do update set times = held.times + excluded.times;
end $$;
