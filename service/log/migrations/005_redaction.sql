-- Texts that were redacted: where each stood, the hash it was known by, and where the text stands that replaced it.
-- The old ciphertext is gone; who asks for it, on whatever clock, gets the new text.
create table log.redacted (
    position bigint not null references log.event (notification_id),
    field text collate "C" not null,
    commitment bytea not null,
    by_position bigint not null references log.event (notification_id),
    by_field text collate "C" not null,
    primary key (position, field)
);
create index redacted_by_commitment on log.redacted (commitment);
create index redacted_by_replacement on log.redacted (by_position, by_field);

-- Deletes the texts at these versions and fields of a stream, in the transaction that appended what replaces them.
create function log.redact(stream text, versions bigint [], fields text [], replacement bigint, replacement_field text)
returns void language sql as $$
    with gone as (
        delete from log.vault v using log.event e, unnest(versions, fields) x (version, field)
            where e.originator_id = stream and e.originator_version = x.version
            and v.position = e.notification_id and v.field = x.field
            returning v.position, v.field, sha256(v.cipher) as commitment
    ), moved as (
        update log.redacted r set by_position = replacement, by_field = replacement_field
            from gone where r.by_position = gone.position and r.by_field = gone.field
    )
    insert into log.redacted (position, field, commitment, by_position, by_field)
        select position, field, commitment, replacement, replacement_field from gone;
$$;
