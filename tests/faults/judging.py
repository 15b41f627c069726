"""Judging a log after what was done to it: lost, doubled, in part, gaps, and projections that differ from a clean replay."""

import json
from collections import Counter
from dataclasses import dataclass, field

import psycopg

from projections.everything import PROJECTIONS

OPEN = 4611686018427387904
"""How a row says that it still holds."""


@dataclass
class Verdict:
    """What was found; every list is empty where the promise was kept."""

    acknowledged: int = 0
    untold: int = 0
    untold_but_there: int = 0
    lost: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    partial: list = field(default_factory=list)
    gaps: list = field(default_factory=list)

    @property
    def kept(self):
        return (self.lost, self.doubled, self.partial, self.gaps) == ([], [], [], [])

    def __str__(self):
        return (
            f"{self.acknowledged} acknowledged, {len(self.lost)} lost, {len(self.doubled)} doubled, "
            f"{len(self.partial)} in part, {len(self.gaps)} gaps; of {self.untold} commands without an answer "
            f"{self.untold_but_there} are there, whole"
        )


def lines_of(paths):
    """Return every whole line of the writers' notes."""
    return [
        json.loads(line)
        for path in paths
        if path.exists()
        for line in path.read_bytes().splitlines(keepends=True)
        if line.endswith(b"\n")
    ]


def acknowledged(paths):
    """Return how many events the writers were told of."""
    return sum(len(line.get("acked", ())) for line in lines_of(paths))


def judge(dsn, paths):
    """Hold the log against what its writers noted."""
    verdict = Verdict()
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select event_id::text, notification_id, subject, originator_id, originator_version from log.event order by 2"
        ).fetchall()
    ids, subjects = Counter(row[0] for row in rows), Counter(row[2] for row in rows)
    at = {row[0]: row[1] for row in rows}
    lines = lines_of(paths)
    acked = {event_id: position for line in lines for event_id, position in line.get("acked", ())}
    verdict.acknowledged = len(acked)
    verdict.lost = [event_id for event_id, position in acked.items() if at.get(event_id) != position]
    verdict.doubled = [event_id for event_id, count in ids.items() if count > 1]
    verdict.doubled += [position for position, count in Counter(acked.values()).items() if count > 1]
    for line in lines:
        there = [event_id for event_id in line.get("sent", ()) if event_id in ids]
        verdict.doubled += [ref for ref in line.get("refs", ()) if subjects[ref] > 1]
        if 0 < len(there) < len(line.get("sent", ())):
            verdict.partial.append(line)
        if "sent" in line and line["sent"][0] not in acked:
            verdict.untold += 1
            verdict.untold_but_there += bool(there)
    verdict.gaps = [position for place, (_, position, *_) in enumerate(rows, 1) if position != place]
    versions = {}
    for _, position, _, stream, version in rows:
        if version != versions.get(stream, 0) + 1:
            verdict.gaps.append((position, stream, version))
        versions[stream] = version
    return verdict


# ------------------------------------------------------------------ projections
def kept_rows(dsn):
    """Return, of one moment, where each projection stands and what its table holds."""
    with psycopg.connect(dsn) as connection:
        connection.execute("set transaction isolation level repeatable read")
        places = dict(connection.execute("select projection, position from read.tracking").fetchall())
        tables = {
            projection.key: [tuple(row) for row in connection.execute(f"select * from read.{projection.key}")]  # noqa: S608 - our own names
            for projection in PROJECTIONS.values()
            if projection.key in places
        }
        tables["clock"] = [
            tuple(row) for row in connection.execute("select process, position, known_at from read.clock")
        ]
    return places, tables


def as_known(rows, position):
    """Return a table's rows as they stood when it had come to a position."""
    return sorted((*row[:3], row[3] if row[3] <= position else OPEN, *row[4:]) for row in rows if row[2] <= position)


def differing(app, taken=None):
    """Return the projections whose rows differ from those of a clean replay.

    Args:
        app: whose projections are caught up, and then rebuilt from nothing.
        taken: `kept_rows` of an earlier moment, which are compared too: rows and place must belong together.
    """
    app.projector.catch_up()
    _, followed = kept_rows(app.dsn)
    clock = followed.pop("clock")
    for name in PROJECTIONS:
        app.projector.rebuild(name)
    places, clean = kept_rows(app.dsn)
    clean.pop("clock")
    wrong = [key for key in clean if sorted(followed[key]) != sorted(clean[key])]
    wrong += ["clock"] if sorted(clock) != clock_of(app) else []
    wrong += [key for key, place in places.items() if place != app.reader.head()]
    if taken:
        places, tables = taken
        whole = {**clean, "clock": clock_of(app)}
        for key, rows in tables.items():
            known = (
                [row for row in whole[key] if row[1] <= places.get(key, 0)]
                if key == "clock"
                else as_known(whole[key], places.get(key, 0))
            )
            wrong += [f"{key} at {places.get(key, 0)}"] if sorted(rows) != known else []
    return wrong


def clock_of(app):
    """Return the known clock by its definition: where the running maximum of each process rises."""
    highest, rises = {}, []
    for process in app.reader.processes():
        for event in app.reader.walk(process):
            known = event.learnedat or event.recordedat
            if process not in highest or known > highest[process]:
                highest[process] = known
                rises.append((process, event.position, known))
    return sorted(rises)
