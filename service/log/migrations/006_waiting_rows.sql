-- What a waiting line says, so that it can be seen and mended: encrypted like all that people write, under the file's key.
alter table log.quarantine
    add column key_id text collate "C" references log.person_key (key_id),
    add column cipher bytea,
    add column waited_at timestamptz not null default now();
