"""A backup is whole, of one moment, and comes back proven, or not at all; what was erased stays erased."""

import contextlib
import threading
import time
import uuid
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from service.app import Kurslog
from service.ledger.tree import Frontier
from service.ledger.verify import Checkpoint, Note, leaf_hash
from service.log.auditing import audit_texts
from service.log.backup import Beside, back_up
from service.log.erasures import Erasure, erasures_of, keep, read_list, replay_erasures
from service.log.ledger import ENTRIES, entry_of
from service.log.manifest import SCHEMAS, BackupRefusedError, check_files, read_manifest
from service.log.migrate import migrate_within, migrations
from service.log.restore import Elsewhere, restore
from service.log.vault import ErasedKeyError
from service.queries import Clocks
from tests.conftest import Scribe, at, made

DEADLINE_SECONDS = 60
CANARY = "KANARIEFUGL"


def until(true, what):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := true()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def quiet(_=0):
    yield lambda _: None


@pytest.fixture
def backed(tmp_path):
    """Return a function that backs a database up and gives the folder."""

    def run(dsn, name="backup", progress=quiet):
        folder = tmp_path / name
        back_up(dsn, folder, Beside("a-operator", "", tmp_path / "erasures.ndjson"), progress)
        return folder

    return run


def restored(dsn, folder, elsewhere=Elsewhere(), erasures=()):  # noqa: B008 - frozen
    manifest = read_manifest(folder)
    check_files(folder, manifest, lambda _: None)
    return restore(dsn, folder, manifest, elsewhere, erasures, lambda _: None)


@pytest.fixture
def back(bare, settings):
    """Return a function that opens what was restored, under the same master key."""
    opened = []

    def kurslog():
        opened.append(Kurslog(replace(settings, database_url=bare), bare))
        return opened[-1]

    yield kurslog
    for one in opened:
        one.close()


def tables(dsn):
    """Every row of the log and the ledger, as COPY writes it, by table."""
    with psycopg.connect(dsn) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_schema in ('log', 'ledger')"
        ).fetchall()
        found = {}
        for name in names:
            with connection.cursor() as cursor:
                query = sql.SQL("copy {} to stdout").format(sql.Identifier(*name))
                with cursor.copy(query) as copy:
                    found[".".join(name)] = sorted(bytes(row) for row in copy)
    return found


def root_of(app, size):
    tree = Frontier()
    with app.log.connection() as connection:
        for row in connection.execute(ENTRIES, (0, size), binary=True):
            tree.add(leaf_hash(entry_of(row)))
    return tree.root()


# ------------------------------------------------------------------ there and back
def test_every_row_comes_back_and_every_answer_with_it(twin, bare, backed, facilitator):
    with twin.log.connection() as connection:
        connection.execute(
            "insert into log.quarantine (process, file_sha256, line, rule) values ('fabelby', 'a', 1, 'b')"
        )
    twin.signing().step()
    folder = backed(twin.dsn)

    done = restored(bare, folder)

    assert tables(bare) == tables(twin.dsn)
    assert done.events == done.covered == twin.reader.head()
    assert done.root == Checkpoint.read(Note.read(read_manifest(folder).checkpoint).text).root
    again = Kurslog(replace(twin.settings, database_url=bare), bare)
    again.projector.catch_up()
    for name in twin.queries.projections:
        first, second = (one.queries.document(facilitator, "fabelby", name, Clocks()) for one in (twin, again))
        assert first == second
    again.close()


def test_a_backup_is_of_one_moment_while_four_write(scribe, bare, back, backed):
    app, stopping = scribe.app, threading.Event()

    def write(who):
        mine = Scribe(app)
        count = 0
        while not stopping.is_set():
            count += 1
            mine.contribute(f"c-{who}-{count}", text=f"Ord nummer {count}")

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for one in writers:
        one.start()
    try:
        until(lambda: app.reader.head() > 20, "the first entries")
        app.signing().step()
        seen = app.reader.head()

        @contextlib.contextmanager
        def between(_):
            until(lambda: app.reader.head() > seen + 20, "entries written meanwhile")
            yield lambda _: None

        folder = backed(app.dsn, progress=between)
        later = app.reader.head()
    finally:
        stopping.set()
        for one in writers:
            one.join()

    done = restored(bare, folder)

    again = back()
    assert seen <= done.events < later
    assert done.covered <= done.events
    assert done.root == root_of(app, done.events)
    assert [e.id for e in again.reader.page(0, later)] == [e.id for e in app.reader.page(0, done.events)]
    positions = range(2, done.events + 1)
    assert again.log.vault.texts(positions) == app.log.vault.texts(positions)
    assert len(again.log.vault.texts(positions)) == done.events - 1


def test_files_and_their_words_come_back(scribe, bare, back, backed):
    from service.log.files import Kept

    scribe.app.files.keep("fabelby", "ab" * 32, Kept(b"opdigtet", "application/pdf"), accounts=["a-1"])
    restored(bare, backed(scribe.app.dsn))

    assert back().files.open("fabelby", "ab" * 32).content == b"opdigtet"


def test_nobody_is_let_in_by_an_old_backup(scribe, bare, back, backed):
    import datetime as dt

    from domain.keeping import AccessRole

    secret = scribe.app.tokens.create(role=AccessRole.EVALUATOR, process=None, lasting=dt.timedelta(days=1))
    restored(bare, backed(scribe.app.dsn))

    assert scribe.app.tokens.caller(secret) is not None
    assert back().tokens.caller(secret) is None


def test_writing_goes_on_where_the_backup_ends_and_the_signer_with_it(scribe, bare, back, backed):
    signing = scribe.app.signing()
    signing.step()
    restored(bare, backed(scribe.app.dsn))

    again = back()
    assert Scribe(again).contribute("c-1").position == 2
    assert again.signing().step().size == 2


def copied(source, target, table):
    with (
        psycopg.connect(source) as connection,
        connection.cursor().copy(f"copy {table} to stdout") as out,
        target.cursor().copy(f"copy {table} from stdin") as into,
    ):
        for row in out:
            into.write(row)


def test_a_backup_of_an_older_database_is_brought_up_to_date(scribe, server, bare, back, backed):
    scribe.contribute("c-1", text="Et ord fra før")
    older = list(migrations())[:6]
    with made(server, "template0") as name:
        with psycopg.connect(at(server, name)) as connection:
            assert migrate_within(connection, older) == older
            connection.execute("delete from log.cell")
            for table in ("log.cell", "log.person_key", "log.event", "log.vault"):
                copied(scribe.app.dsn, connection, table)
        folder = backed(at(server, name))
    assert read_manifest(folder).migrations == tuple(older)

    done = restored(bare, folder)

    again = back()
    assert done.root == root_of(scribe.app, 2)
    assert again.log.vault.texts([2]) == {(2, "text"): "Et ord fra før"}
    assert again.signing().step().size == 2


def test_no_schema_is_forgotten_and_no_table_counts_by_itself(dsn):
    with psycopg.connect(dsn) as connection:
        schemas = connection.execute(
            "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
        ).fetchall()
        sequences = connection.execute("select sequence_name from information_schema.sequences").fetchall()

    assert {name for (name,) in schemas} == {*SCHEMAS, "read", "access", "public"}
    assert sequences == []


# ------------------------------------------------------------------ the folder
def test_a_backup_that_fails_leaves_nothing_and_one_that_was_killed_is_in_nobodys_way(scribe, backed, tmp_path):
    @contextlib.contextmanager
    def failing(_):
        yield lambda _: 1 / 0

    with pytest.raises(ZeroDivisionError):
        backed(scribe.app.dsn, progress=failing)
    assert not list(tmp_path.glob("*backup*"))

    (tmp_path / ".backup.part").mkdir()
    (tmp_path / ".backup.part" / "log.event.copy.gz").write_text("half")
    check_files(folder := backed(scribe.app.dsn), read_manifest(folder), lambda _: None)
    assert [path.name for path in tmp_path.glob("*backup*")] == ["backup"]


def test_the_folder_is_its_owners_alone_and_takes_its_name_when_it_is_whole(scribe, backed, tmp_path):
    seen = []

    @contextlib.contextmanager
    def looking(_):
        yield lambda _: seen.append((tmp_path / "backup").exists())

    folder = backed(scribe.app.dsn, progress=looking)

    assert set(seen) == {False}
    assert not any(path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir()))


def test_two_backups_to_one_folder_do_not_meet(scribe, backed):
    @contextlib.contextmanager
    def another(_):
        with pytest.raises(BackupRefusedError, match="backup-at-work"):
            backed(scribe.app.dsn)
        yield lambda _: None

    backed(scribe.app.dsn, progress=another)


def test_the_same_log_gives_the_same_files(scribe, backed):
    first, second = (read_manifest(backed(scribe.app.dsn, name)) for name in ("one", "two"))

    assert first.tables == second.tables


# ------------------------------------------------------------------ what was erased
@pytest.fixture
def redacted(scribe, backed, tmp_path):
    """Back up, redact a text, and give the old backup, the list and the old ciphertext."""
    scribe.contribute("c-1", text=f"{CANARY} kører for stærkt")
    (target,) = scribe.app.reader.at([2])
    with scribe.app.log.connection() as connection:
        cipher = bytes(connection.execute("select cipher from log.vault where position = 2").fetchone()["cipher"])
    folder = backed(scribe.app.dsn)
    data = {"target": str(target.id), "field": "text", "text": "en nabo", "reason": "et navn"}
    scribe.record("text-redacted", data)
    return folder, tmp_path / "erasures.ndjson", cipher


def holds(dsn, cipher):
    return cipher.hex().encode() in b"\n".join(row for rows in tables(dsn).values() for row in rows)


def test_a_text_redacted_after_the_backup_does_not_come_back(scribe, bare, back, backed, redacted):
    folder, listed, cipher = redacted
    backed(scribe.app.dsn, "later")

    done = restored(bare, folder, erasures=read_list(listed))

    assert (done.replayed.texts, done.replayed.keys) == (1, 0)
    assert not holds(bare, cipher)
    assert audit_texts(bare) is None  # it is gone because it was redacted, not because somebody took it
    with back().log.connection() as connection:
        assert erasures_of(connection) == read_list(listed)
    assert CANARY not in str(back().log.vault.texts([1, 2]))


def test_without_the_list_it_would(bare, back, redacted):
    folder, listed, cipher = redacted

    assert restored(bare, folder, erasures=read_list(listed)).replayed.texts == 0
    assert holds(bare, cipher)
    assert CANARY in str(back().log.vault.texts([1, 2]))


def test_an_erased_key_takes_its_texts_and_files_with_it_and_stays_barred(scribe, bare, back, backed):
    from service.log.files import Kept

    scribe.contribute("c-1", text=CANARY)
    with scribe.app.log.connection() as connection:
        key = connection.execute("select key_id from log.vault").fetchone()["key_id"]
    scribe.app.files.keep("fabelby", "ab" * 32, Kept(b"opdigtet", "application/pdf"), accounts=["a-1"], key_id=key)
    keys = [key, "fabelby/participant/p-9"]

    done = restored(bare, backed(scribe.app.dsn), erasures=[Erasure(scribe.app.log.cell, key=one) for one in keys])

    again = back()
    assert (done.replayed.keys, done.replayed.texts, done.replayed.files) == (1, 1, 1)
    assert again.log.vault.texts([2]) == {}
    assert again.files.open("fabelby", "ab" * 32) is None
    for barred in keys:
        again.log.vault.ensure([barred])
        with pytest.raises(ErasedKeyError):
            again.log.vault.seal_content(barred, "x", b"")
    with again.log.connection() as connection:
        assert sorted(one.key for one in erasures_of(connection)) == sorted(keys)


def test_another_cells_list_erases_nothing_here(scribe):
    scribe.contribute("c-1")
    with scribe.app.log.connection() as connection:
        key = connection.execute("select key_id from log.vault").fetchone()["key_id"]
        done = replay_erasures(connection, [Erasure(str(uuid.uuid4()), key=key)])

    assert (done.keys, done.texts, done.files) == (0, 0, 0)
    assert len(scribe.app.log.vault.texts([2])) == 1


def test_the_worker_writes_down_what_is_redacted(scribe, redacted, tmp_path):
    _, listed, cipher = redacted
    listed.unlink()
    worker = scribe.app.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(listed.exists, "the list")
        (line,) = until(lambda: read_list(listed), "the line")
    finally:
        worker.stop()
        thread.join()

    import hashlib

    assert line == Erasure(scribe.app.log.cell, text=hashlib.sha256(cipher).hexdigest(), position=2)
    assert CANARY not in listed.read_text()


def test_the_list_only_grows_and_says_each_thing_once(tmp_path):
    path = tmp_path / "list" / "erasures.ndjson"
    one, two = Erasure("a", key="k"), Erasure("b", text="ab", position=3)

    assert keep(path, []) == []
    assert path.exists()
    assert keep(path, [one, one]) == [one]
    assert keep(path, [two]) == keep(path, []) == read_list(path) == [one, two]


# ------------------------------------------------------------------ a checkpoint kept elsewhere
def elsewhere(signing, note, **more):
    return Elsewhere(note, signing._signer.key, **more)


def test_a_backup_is_held_against_a_checkpoint_kept_elsewhere(scribe, bare, backed):
    signing = scribe.app.signing()
    signing.step()
    note = scribe.app.ledger.signed().note
    scribe.contribute("c-1")

    assert restored(bare, backed(scribe.app.dsn), elsewhere(signing, note)).kept == 1


def test_a_rewritten_log_is_refused_against_it(scribe, bare, untouched, backed):
    signing = scribe.app.signing()
    scribe.contribute("c-1")
    signing.step()
    note = scribe.app.ledger.signed().note
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from ledger.checkpoint; delete from ledger.tile")
        connection.execute("update log.event set recorded_at = recorded_at + 1 where notification_id = 2")

    with pytest.raises(BackupRefusedError, match="other-root"):
        restored(bare, backed(scribe.app.dsn), elsewhere(signing, note))
    assert untouched()


def test_a_log_rewritten_under_its_own_checkpoint_is_refused(scribe, bare, untouched, backed):
    scribe.contribute("c-1")
    scribe.app.signing().step()
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("update log.event set recorded_at = recorded_at + 1 where notification_id = 2")

    with pytest.raises(BackupRefusedError, match="other-root"):
        restored(bare, backed(scribe.app.dsn))
    assert untouched()


def test_a_backup_older_than_the_checkpoint_says_how_much_would_be_lost(scribe, bare, untouched, backed):
    folder, signing = backed(scribe.app.dsn), scribe.app.signing()
    for number in range(3):
        scribe.contribute(f"c-{number}")
    signing.step()
    note = scribe.app.ledger.signed().note

    with pytest.raises(BackupRefusedError, match="loss") as refused:
        restored(bare, folder, elsewhere(signing, note))
    assert refused.value.facts == {"head": 1, "kept": 4, "lost": 3}
    assert untouched()

    done = restored(bare, folder, elsewhere(signing, note, accept_loss=True))
    assert (done.events, done.kept) == (1, 4)


def test_a_checkpoint_of_another_log_is_refused(scribe, bare, backed):
    from service.ledger.notes import Signer

    other = Signer.make("en anden")
    note = other.sign(Checkpoint("en anden", 1, root_of(scribe.app, 1)))

    with pytest.raises(BackupRefusedError, match="checkpoint-not-ours"):
        restored(bare, backed(scribe.app.dsn), elsewhere(scribe.app.signing(), note))
