-- Who signs in with a password or through their organisation. What an account may do, the log says.
create table access.account (
    id text primary key,
    name_hash bytea unique,                          -- keyed hash of the sign-in name; null: is never looked up by name
    label bytea,                                     -- what those who give access call it, sealed
    password text,                                   -- argon2id, salted; null: none set
    identity bytea unique,                           -- keyed hash of the organisation's issuer and subject
    may_create boolean not null default false,       -- may begin processes
    created_at timestamptz not null default now(),
    disabled_at timestamptz
);

-- Wrong tries, by keyed hashes of where they come from and whom they are about.
create table access.attempt (
    key bytea primary key,
    began timestamptz not null default now(),
    tries integer not null
);
create index attempt_began on access.attempt (began);

alter table access.token
    drop constraint token_kind_check,
    -- spent: a personal link that was exchanged, kept as long as the session it gave may last
    add check (kind in ('api', 'link', 'session', 'spent', 'password', 'invitation')),
    -- to name it by without its secret
    add column id text not null unique default 't-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
    add column created_at timestamptz not null default now(),
    add column used_at timestamptz not null default now(),
    add column idle interval;                        -- a session ends when it rests so long; null: never
create index token_of_account on access.token (account);
create index token_of_participant on access.token (process, participant) where participant is not null;
