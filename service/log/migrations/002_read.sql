-- What projections keep. Everything here can be dropped and rebuilt from the log.
create schema read;

create table read.tracking (
    projection text primary key,                     -- name and version: timeline_v1
    position bigint not null                         -- the last event taken in
);

-- The known clock: per process, the positions at which the running maximum of (learnedat, else recordedat) rises.
create table read.clock (
    process text collate "C" not null,
    position bigint not null,
    known_at timestamptz not null,
    primary key (process, position)
);
create index clock_by_time on read.clock (process, known_at);
