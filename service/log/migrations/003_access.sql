-- Who may come in. Secrets are kept as hashes only.
create schema access;

create table access.token (
    hash bytea primary key,                          -- SHA-256 of a 256-bit secret
    account text not null,
    role text not null,
    process text collate "C",                        -- null: every process
    kind text not null check (kind in ('api', 'link', 'session')), -- a link is exchanged, once, for a session
    expires_at timestamptz not null
);

-- Lines an import could not place: where, and by which rule; never what they say.
create table log.quarantine (
    process text collate "C" not null,
    file_sha256 text not null,
    line bigint not null,
    rule text not null,
    primary key (process, file_sha256, line)
);
