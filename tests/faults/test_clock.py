"""The server's clock is set back: what was recorded never goes back, and what was known by a day does not change."""

import datetime as dt

import psycopg

from service.log.store import moment


def test_clock_set_back(app, scribe, counts):
    scribe.contribute("before")
    with psycopg.connect(app.dsn) as owner:
        # To the log it is the same whether the clock went back by a day or its last row is a day ahead of it.
        owner.execute(
            "update log.event set recorded_at = recorded_at + 86400000000 where notification_id = %s",
            (app.reader.head(),),
        )
    for number in range(5):
        scribe.contribute(f"after-{number}")
    many = [
        scribe.read(
            "contribution-made",
            {"contribution_id": f"many-{n}", "kind": "idea", "text": "x", "author": {"kind": "anonymous"}},
        )
        for n in range(500)
    ]
    app.record(*many)
    app.projector.catch_up()
    with psycopg.connect(app.dsn) as owner:
        recorded = [at for (at,) in owner.execute("select recorded_at from log.event order by notification_id")]
        known = owner.execute("select position, known_at from read.clock order by position").fetchall()
    assert recorded == sorted(recorded)
    assert [at for _, at in known] == sorted(at for _, at in known)
    day = moment(recorded[-1])
    by = [app.reader.known_by("fabelby", day + dt.timedelta(hours=hours)) for hours in (-25, -24, -1, 0, 1)]
    counts(
        f"{len(recorded)} events, none recorded before an earlier one; known by the day before, the hour before, then: {by}"
    )
    assert by == [0, 1, 1, app.reader.head(), app.reader.head()]
