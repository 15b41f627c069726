"""Serving: the real server on the embedded PostgreSQL, with its worker; and nothing left behind."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import free_port

pytestmark = pytest.mark.slow


def processes_of(home):
    """Return the command lines of processes that belong to this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if command and (str(home).encode() in environment or str(home) in command):
            found.append(command)
    return found


def companions_of(home, command="worker"):
    """Return the process ids of the workers, or signers, of this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            mine = str(home).encode() in (entry / "environ").read_bytes()
            if mine and (entry / "cmdline").read_bytes().endswith(f"\0{command}\0".encode()):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := condition()) is not None:
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s: {what}")


def proven(base, position):
    """Return the proof of a position, once there is one."""
    try:
        with urllib.request.urlopen(f"{base}/api/v1/proofs/{position}") as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return None if error.code == 503 else pytest.fail(str(error))


@pytest.fixture
def home():
    path = Path(tempfile.mkdtemp(prefix="kurslog-serving-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_the_demo_serves_sees_its_own_writes_and_leaves_nothing_behind(home):
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "KURSLOG_DATABASE_URL"}
    environment |= {"KURSLOG_HOME": str(home), "KURSLOG_PORT": str(port), "KURSLOG_LANGUAGE": "en"}
    demo = subprocess.Popen(
        [sys.executable, "-m", "service.cli.main", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    base = f"http://127.0.0.1:{port}"
    try:

        def answers():
            assert demo.poll() is None, demo.stdout.read()
            try:
                with urllib.request.urlopen(f"{base}/livez", timeout=5) as answer:
                    return answer.read()
            except OSError:
                return None

        assert until(answers, 180, "the server answers") == b"ok\n"
        with urllib.request.urlopen(f"{base}/api/v1/processes") as answer:
            assert {process["id"] for process in json.load(answer)} == {"knabstrup", "fabelby"}
        with urllib.request.urlopen(f"{base}/p/knabstrup") as answer:
            assert "Knabstrup" in answer.read().decode()
        secret = subprocess.run(
            [sys.executable, "-m", "service.cli.main", "token", "create", "--role", "facilitator"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        data = {"contribution_id": "mine", "kind": "idea", "text": "en bænk", "author": {"kind": "anonymous"}}
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{base}/api/v1/processes/knabstrup/contributions", json.dumps(data).encode(), headers
        )
        with urllib.request.urlopen(request) as answer:
            position = answer.headers["Kurslog-Position"]
        request = urllib.request.Request(
            f"{base}/api/v1/processes/knabstrup/projections/fate-of-contributions",
            headers=headers | {"Kurslog-Wait": position},
        )
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["data"]["count"]["value"] == 20
        until(lambda: proven(base, position), 60, "a fingerprint covers what was written")
        for command in ("worker", "signer"):
            (first,) = companions_of(home, command)
            os.kill(first, signal.SIGKILL)
            until(
                lambda command=command, first=first: (
                    True if companions_of(home, command) not in ([], [first]) else None
                ),
                60,
                f"another {command} takes over",
            )
    finally:
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=60)
    assert len(re.findall(r"/sign-in/\S+", said)) == 5
    assert "Traceback" not in said
    assert "threads" not in said  # advice that was considered
    until(lambda: True if not processes_of(home) else None, 60, f"everything has ended: {processes_of(home)}")


def test_ctrl_c_at_the_first_moment_ends_everything(home):
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "KURSLOG_DATABASE_URL"}
    environment |= {"KURSLOG_HOME": str(home), "KURSLOG_PORT": str(port), "KURSLOG_LANGUAGE": "en"}
    served = subprocess.Popen(
        [sys.executable, "-m", "service.cli.main", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def listens():
        with socket.socket() as probe:
            return True if probe.connect_ex(("127.0.0.1", port)) == 0 else None

    until(listens, 180, "the server listens")
    os.killpg(served.pid, signal.SIGINT)
    served.wait(60)
    until(lambda: True if not processes_of(home) else None, 60, "everything has ended")


def test_a_taken_port_is_said_before_anything_else(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {
            **os.environ,
            "KURSLOG_HOME": str(home),
            "KURSLOG_PORT": str(taken.getsockname()[1]),
            "KURSLOG_LANGUAGE": "en",
        }
        done = subprocess.run(
            [sys.executable, "-m", "service.cli.main", "demo"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, "is taken" in done.stderr) == (1, True)
