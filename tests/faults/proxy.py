"""A proxy before a PostgreSQL that loses answers: what it does to each append and each COMMIT is the test's to say."""

import contextlib
import socket
import struct
import threading
import time
from collections import Counter

from psycopg.conninfo import conninfo_to_dict, make_conninfo

PASS, SWALLOW, CUT, GARBLE, DELAY = "passed", "swallowed", "cut", "garbled", "delayed"
"""Hand on; lose the answer after the server has done it; lose the question; spoil the answer; answer late."""
DELAY_SECONDS = 0.05
JUNK = b"\xff" * 64


class Proxy:
    """Listens on 127.0.0.1; ``dsn`` leads through it.

    Args:
        target: the conninfo of the server, on a Unix socket or TCP.
        fate: asked at each append and COMMIT for what becomes of it.
    """

    def __init__(self, target, fate):
        self._parts, self.fate = conninfo_to_dict(target), fate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets, self._threads, self._guard = set(), [], threading.Lock()
        self.met = Counter()
        self.refusing = False
        """Whether the server is out of reach: what is open breaks at the next question, and nothing new opens."""
        here = {"host": "127.0.0.1", "port": self._listener.getsockname()[1], "sslmode": "disable"}
        self.dsn = make_conninfo(**{**self._parts, **here, "gssencmode": "disable"})
        self._start(self._accept)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        with self._guard:
            left = list(self._sockets)
        _shut(*left)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        self._listener.settimeout(0.2)
        while self._listener.fileno() >= 0:
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                client.settimeout(None)
                self._serve(client)

    def _serve(self, client):
        try:
            server = self._connect()
            if self.refusing:
                raise ConnectionRefusedError
        except OSError:
            _shut(client)
            return
        with self._guard:
            self._sockets |= {client, server}
        between = _Between(self, client, server)
        self._start(between.up)
        self._start(between.down)

    def _connect(self):
        host, port = str(self._parts.get("host") or "localhost"), int(self._parts.get("port") or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server


class _Between:
    """One client and its server, and what is to become of the answer it waits for."""

    def __init__(self, proxy, client, server):
        self._proxy, self._client, self._server = proxy, client, server
        self._statements, self._doom = {}, PASS

    def up(self):
        with contextlib.suppress(OSError, ValueError, struct.error), self._client.makefile("rb") as questions:
            self._server.sendall(_startup(questions))
            while frame := _frame(questions):
                out_of_reach = self._proxy.refusing and self._doom == PASS
                if self._changes(frame):
                    self._doom = self._proxy.fate()
                    self._proxy.met[self._doom] += 1
                if self._doom == CUT or out_of_reach:
                    break
                self._server.sendall(frame)
        _shut(self._client, self._server)

    def down(self):
        with contextlib.suppress(OSError, ValueError, struct.error), self._server.makefile("rb") as answers:
            while frame := _frame(answers):
                if self._doom in {SWALLOW, GARBLE}:
                    if frame[:1] != b"Z":
                        continue  # the server is ready again when it has done it
                    if self._doom == GARBLE:
                        self._client.sendall(JUNK)
                    break
                if self._doom == DELAY:
                    time.sleep(DELAY_SECONDS)
                    self._doom = PASS
                self._client.sendall(frame)
        _shut(self._client, self._server)

    def _changes(self, frame):
        """Whether the server is asked to append or to commit; prepared statements are known by their names."""
        kind, body = frame[:1], frame[5:]
        if kind == b"P":
            name, query = body.split(b"\0")[:2]
            self._statements[name] = query
            return False
        query = self._statements.get(body.split(b"\0")[1], b"") if kind == b"B" else body if kind == b"Q" else b""
        return b"select log.append" in query or query.rstrip(b"\0").lower() == b"commit"


def _startup(stream):
    length = stream.read(4)
    return length + stream.read(struct.unpack("!i", length)[0] - 4)


def _frame(stream):
    head = stream.read(5)
    return head + stream.read(struct.unpack("!i", head[1:])[0] - 4) if len(head) == 5 else b""


def _shut(*sockets):
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
