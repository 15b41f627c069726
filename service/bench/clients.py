"""Sixteen clients: requests that are bytes already, over connections that stay open, and answers read to their end."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

CLIENTS: Final = 16
END: Final = b"\r\n\r\n"
PATIENCE_SECONDS: Final = 60.0


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class RefusedError(Exception):
    """A request was not answered as it was to be; the message holds what came instead."""


def asking(
    method: str, path: str, token: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a request as it is sent."""
    said = {"Host": "localhost", "Content-Length": str(len(body)), **(headers or {})}
    said |= {"Authorization": f"Bearer {token}"} if token else {}
    said |= {"Content-Type": "application/json"} if body else {}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer."""
        self._socket.sendall(request)
        received = b""
        while END not in received:
            received += self._more()
        head, _, body = received.partition(END)
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self._more()
        return Answer(int(first.split()[1]), headers, body)

    def _more(self) -> bytes:
        found = self._socket.recv(2**18)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Clients:
    """As many clients as there are, each in a thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._clients: list[Client] = []
        self._pool = ThreadPoolExecutor(CLIENTS)

    def connect(self) -> None:
        """Connect anew: the server hangs up on whoever is silent for ten seconds, as while others are measured."""
        self._hang_up()
        self._clients = [Client(self._port) for _ in range(CLIENTS)]

    def _hang_up(self) -> None:
        for client in self._clients:
            client.close()

    def ask(self, requests: Sequence[bytes], status: int) -> None:
        """Send requests, shared out among the clients, and wait until all are answered.

        Raises:
            RefusedError: when one is answered by another status.
        """
        parts = [requests[at::CLIENTS] for at in range(CLIENTS)]
        list(self._pool.map(_one, self._clients, parts, [status] * CLIENTS))

    def close(self) -> None:
        """Hang up."""
        self._pool.shutdown()
        self._hang_up()


def _one(client: Client, requests: Sequence[bytes], status: int) -> None:
    for request in requests:
        answer = client.ask(request)
        if answer.status != status:
            raise RefusedError(f"{answer.status} instead of {status}: {answer.body[:300].decode(errors='replace')}")
