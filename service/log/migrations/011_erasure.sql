-- Files that were erased while the key they lay under lives on: a voucher's owner keeps the key, a report keeps its recipient.
create table log.erased_file (
    process text collate "C" not null,
    sha256 bytea not null,
    key_id text collate "C" not null,
    primary key (process, sha256, key_id)
);

-- The requests for erasure: the worker looks for those that were decided and not yet carried out.
create index event_of_erasure on log.event (process, subject) where topic like 'erasure-%';

-- What one erasure deletes, in the transaction that appends it. The tables' owner alone may run it.
-- whole: texts, files and the keys themselves. Otherwise the key lives on with what the accounts need: who the person is,
-- and what was spent; every other text is noted as replaced by nothing.
create function log.erase(
    e_process text, keys text [], whole boolean,
    issued bytea [], waiting_files text [], waiting_lines bigint []
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into log.person_key (key_id, process) select k, e_process from unnest(keys) k on conflict do nothing;
    if whole then
        update log.person_key set wrapped = null where key_id = any(keys) and wrapped is not null;
        delete from log.vault where key_id = any(keys);
        delete from log.file where key_id = any(keys);
    else
        with gone as (
            delete from log.vault v using log.event e
                where v.key_id = any(keys) and e.notification_id = v.position and not log.of_the_accounts(e)
                returning v.position, v.field, sha256(v.cipher) as commitment
        )
        insert into log.redacted (position, field, commitment, by_position, by_field)
            select position, field, commitment, position, field from gone;
        with gone as (
            delete from log.file f where f.key_id = any(keys) and not exists (
                select from log.event e where e.process = f.process and log.file_in(e.topic, e.state) is not null
                and log.file_in(e.topic, e.state) = encode(f.sha256, 'hex') and e.topic like 'expenditure-recorded.%'
            ) returning f.process, f.sha256, f.key_id
        )
        insert into log.erased_file (process, sha256, key_id) select process, sha256, key_id from gone on conflict do nothing;
    end if;
    with gone as (
        delete from log.file f where f.process = e_process and f.sha256 = any(issued) returning f.process, f.sha256, f.key_id
    )
    insert into log.erased_file (process, sha256, key_id) select process, sha256, key_id from gone on conflict do nothing;
    delete from log.quarantine q using unnest(waiting_files, waiting_lines) w (file, line)
        where q.process = e_process and q.file_sha256 = w.file and q.line = w.line;
end $$;

-- What accounting law keeps: the registration and the spending, and what corrects them.
create function log.of_the_accounts(e log.event) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$
    select e.topic ~ '^(participant-registered|expenditure-recorded)\.' or (
        e.topic ~ '^(event-corrected|text-redacted)\.' and exists (
            select from log.event t where t.process = e.process
            and t.event_id = (convert_from(e.state, 'UTF8')::jsonb #>> '{data,target}')::uuid
            and t.topic ~ '^(participant-registered|expenditure-recorded)\.'
        )
    )
$$;
revoke execute on function log.erase(text, text [], boolean, bytea [], text [], bigint []) from public;
revoke execute on function log.of_the_accounts(log.event) from public;

-- Nothing is written under an erased key, by whoever still holds it in memory. The row is locked, so that an erasure and
-- a write come one after the other.
create function log.check_key() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from log.person_key where key_id in (select key_id from added where cipher is not null) for share;
    if exists (
        select from log.person_key k where wrapped is null and key_id in (select key_id from added where cipher is not null)
    ) then
        raise exception 'the key is erased' using errcode = 'KL001';
    end if;
    return null;
end $$;
create trigger vault_key after insert on log.vault referencing new table as added for each statement execute function log.check_key();
create trigger file_key after insert on log.file referencing new table as added for each statement execute function log.check_key();
create trigger waiting_key after insert on log.quarantine
    referencing new table as added for each statement execute function log.check_key();
create trigger waiting_key_again after update on log.quarantine
    referencing new table as added for each statement execute function log.check_key();

-- The planner keeps samples of what a column holds: of keys and of texts it shall keep none.
alter table log.person_key alter column wrapped type bytea, alter column wrapped set statistics 0;
alter table log.vault alter column cipher set statistics 0;
alter table log.file alter column cipher set statistics 0;
alter table log.quarantine alter column cipher set statistics 0;
