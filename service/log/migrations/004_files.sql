-- Files (photos of notes, vouchers, products) beside the log: an event holds the SHA-256 of the content and nothing else.
-- A file lies once for each key it is sealed under, so that deleting one person's key leaves the other's copy.
create table log.file (
    process text collate "C" not null,
    sha256 bytea not null,                           -- of the content as it is kept: images without what cameras add
    key_id text collate "C" not null references log.person_key (key_id),
    media_type text not null,
    size_bytes bigint not null,
    brought_by text [] not null,                     -- the accounts that brought it: they see it before an entry names it
    kept_at timestamptz not null default now(),
    cipher bytea not null,
    primary key (process, sha256, key_id)
);
create index file_of_key on log.file (key_id);
alter table log.file alter column cipher set storage external; -- ciphertext does not compress

-- The file an event names, if any: finds the entries that speak of a file. What they may be shown for, Python decides.
create function log.file_in(topic text, state bytea) returns text language sql immutable parallel safe as $$
    select case
        when topic ~ '^(media-captured|product-delivered)\.'
            then substring(encode(state, 'escape') from '"sha256":"([0-9a-f]{64})"')
        when topic ~ '^(contribution-made|expenditure-recorded)\.'
            then substring(encode(state, 'escape') from '"(?:artefact|file)_sha256":"([0-9a-f]{64})"')
        when topic ~ '^event-corrected\.'
            then substring(encode(state, 'escape') from '"field":"(?:(?:artefact|file)_)?sha256","value":"([0-9a-f]{64})"')
    end
$$;
create index event_with_file on log.event (process, log.file_in(topic, state)) where log.file_in(topic, state) is not null;
