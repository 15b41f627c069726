"""The disk is full: a sentence in place of a crash, nothing acknowledged is lost, and room made is room used."""

import os
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from service.app import Kurslog
from service.http import create_app
from service.settings import Settings
from tests.conftest import Scribe, at
from tests.faults.conftest import headers_of
from tests.faults.disks import disk_or_skip

EVENTS = "/api/v1/processes/fabelby/events"
ENOUGH = 5000


@pytest.fixture
def small(server, template, stack):
    """Return a disk with a little room, and the conninfo of a database on it."""
    found = disk_or_skip(stack, megabytes=48)
    name = f"kurslog_small_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as owner:
        place = owner.execute("show data_directory").fetchone()[0]
        if not Path(place).exists():
            pytest.skip("the server of KURSLOG_DATABASE_URL is elsewhere: its disk cannot be filled from here")
        account, folder = Path(place).stat(), found.path / "space"
        folder.mkdir(mode=0o700)
        os.chown(folder, account.st_uid, account.st_gid)
        owner.execute(SQL("create tablespace {} location {}").format(Identifier(name), Literal(str(folder))))
        stack.callback(drop, server, name)
        owner.execute(
            SQL("create database {} template {} tablespace {}").format(*map(Identifier, (name, template, name)))
        )
    return found, at(server, name)


def drop(server, name):
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))
        owner.execute(SQL("drop tablespace {}").format(Identifier(name)))


def test_disk_full(small, tmp_path, stack, counts):
    found, dsn = small
    app = Kurslog(Settings(home=tmp_path, database_url=dsn, master_key_file=tmp_path / "master.key"), dsn)
    stack.callback(app.close)
    Scribe(app).begin()
    _ = app.projector
    served = app.served()
    stack.callback(served.close)
    web, headers = create_app(served).test_client(), headers_of(app)

    def send(number):
        data = {"contribution_id": f"c{number}", "kind": "idea", "text": "x" * 4000, "author": {"kind": "anonymous"}}
        event = {"type": "contribution-made", "id": str(uuid.UUID(int=number)), "data": data}
        return web.post(EVENTS, json=event, headers=headers)

    ballast = found.fill(but_bytes=200_000)
    acked = {}
    for number in range(ENOUGH):
        answer = send(number)
        if answer.status_code != 201:
            break
        acked[number] = answer.headers["Kurslog-Position"]
    assert (answer.status_code, answer.json["rule"], answer.headers["Retry-After"]) == (503, "disk-full", "5")
    assert "no room" in answer.json["detail"] or "plads" in answer.json["detail"]
    assert web.get(EVENTS, headers=headers).status_code == 200
    assert app.reader.head() == 1 + len(acked)
    refused = number
    ballast.unlink()
    assert send(refused).status_code == 201
    again = {number: send(number) for number in acked}
    lost = [
        number
        for number, answer in again.items()
        if (answer.status_code, answer.headers["Kurslog-Position"]) != (200, acked[number])
    ]
    counts(
        f"{len(acked)} acknowledged before it was full, then 503 disk-full and reads still 200; {len(lost)} lost; after room was made it went on"
    )
    assert lost == []
    assert app.projector.catch_up()
    assert app.projector.reached() == app.reader.head()
