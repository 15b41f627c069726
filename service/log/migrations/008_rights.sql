-- A personal link is a participant's; whose account it is, the log may say more of than the token does.
alter table access.token
    add column participant text collate "C",
    alter column role drop not null,                 -- null: an account whose parts stand in the log alone
    add check (participant is null or process is not null);

-- What people said yes to, asked for and approved, and on which ground data is kept: read anew before each text is shown.
create index event_of_rights on log.event (process, notification_id)
    where split_part(subject, '/', 1) in (
        'consent', 'erasure', 'objection-lodged', 'participant', 'processing-basis-declared', 'quote'
    );
