"""The server as docs/operations.md starts it: what it refuses before anything of ours looks at it."""

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.serving import HEADER_BYTES, HEADER_MS
from tests.conftest import free_port, until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8").replace("\\\n", " ")
(LINE,) = re.findall(r"^ExecStart=\S*/granian (.*)$", PAGE, re.MULTILINE)
OPTIONS = shlex.split(LINE)


def option(name):
    return OPTIONS[OPTIONS.index(name) + 1]


@pytest.fixture
def port(scribe, settings):
    """Yield the port of a server that was started so, but for the port, and a second for a head to come."""
    number = free_port()
    said = list(OPTIONS)
    for name, value in (("--port", str(number)), ("--workers", "1"), ("--http1-header-read-timeout", "1000")):
        said[said.index(name) + 1] = value
    where = {"KURSLOG_HOME": str(settings.home), "KURSLOG_DATABASE_URL": settings.database_url}
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *said],
        cwd=ROOT,
        env={**os.environ, **where, "PYTHONPATH": str(ROOT), "KURSLOG_LOG_LEVEL": "warning"},
        stdin=subprocess.DEVNULL,
    )
    try:
        until(lambda: server.poll() is not None or b"200" in said_to(number, request("/livez")), "the server answers")
        yield number
    finally:
        server.terminate()
        server.wait(20)


def request(path, *headers, method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def said_to(port, sent):
    """Return what the server says to these bytes until it closes the connection; it may rest for a minute at most."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(sent)
            while chunk := connection.recv(65536):
                answer += chunk
                if b"ok\n" in chunk:
                    break
    except ConnectionError:
        pass
    return answer


def statuses(answer):
    return [int(one) for one in re.findall(rb"^HTTP/1\.1 (\d{3})", answer, re.MULTILINE)]


def test_the_page_and_the_command_bound_a_head_alike():
    assert (option("--http1-header-read-timeout"), option("--http1-buffer-size")) == (str(HEADER_MS), str(HEADER_BYTES))


def test_a_head_that_is_too_large_too_slow_or_says_two_things_is_refused_and_others_are_served(port):
    close = "Connection: close"
    assert statuses(said_to(port, request("/about", "X-Long: " + "x" * 2 * HEADER_BYTES))) in ([], [400], [431])
    assert statuses(said_to(port, request("/about?" + "x" * 2 * HEADER_BYTES))) in ([], [400], [414], [431])
    assert statuses(said_to(port, b"GET /about HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")) in ([], [400], [408])
    two = request("/sign-in", "Content-Length: 1", "Content-Length: 60", close, method="POST")
    assert statuses(said_to(port, two + b"x" * 60)) == [400]
    both = request("/sign-in", "Content-Length: 4", "Transfer-Encoding: chunked", method="POST") + b"0\r\n\r\n"
    assert statuses(said_to(port, both + request("/about", close))) == [422]  # and closed: what follows is nobody's
    assert statuses(said_to(port, request("/livez", close))) == [200]
