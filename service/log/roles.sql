-- Who may do what in the database. Run again whenever this file changes; every line may be run twice.
-- kurslog_web:    the web server. Adds events, never changes or deletes one; reads what projections keep.
-- kurslog_signer: the signer. Reads events, writes tiles and checkpoints, sees no personal text and no key.
-- Whoever owns the tables (the worker, the command line) migrates, projects, backs up and rebuilds.
grant usage on schema public, log, read, access, ledger to kurslog_web;
grant select on public.kurslog_migration to kurslog_web, kurslog_signer;
grant select on all tables in schema read, ledger to kurslog_web;
alter default privileges in schema read grant select on tables to kurslog_web;
grant select, insert on log.event, log.person_key, log.vault to kurslog_web;
grant select on log.cell, log.redacted, log.erased_file to kurslog_web;
grant select, insert, update, delete on log.file, log.quarantine, access.token, access.attempt to kurslog_web;
grant select, insert, update on access.account to kurslog_web;
grant insert on ledger.cosignature to kurslog_web;
grant execute on function log.of_the_accounts(log.event) to kurslog_web;
grant select on log.read_count, log.read_day to kurslog_web;
revoke execute on function log.note_reads(text [], text [], text [], text [], text [], bigint []) from public;
grant execute on function log.note_reads(text [], text [], text [], text [], text [], bigint []) to kurslog_web;
revoke execute on function log.redact(text, bigint [], text [], bigint, text) from public;
grant execute on function log.redact(text, bigint [], text [], bigint, text) to kurslog_web;

grant usage on schema log, ledger to kurslog_signer;
grant select on log.event, log.cell to kurslog_signer;
grant select, insert, update on ledger.tile to kurslog_signer;
grant select, insert on ledger.checkpoint to kurslog_signer;
grant select on ledger.cosignature to kurslog_signer;
