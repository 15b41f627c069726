"""The tests' own web applications: who gets one that was used before is answered from their own log alone."""

import dataclasses

import pytest

from tests.webs import Webs

ABOUT, READY, PROCESSES = "/about", "/readyz", "/p/fabelby"


@pytest.fixture
def two(app, tmp_path, databases, server):
    """Two Kurslogs, of which only the first knows of a process."""
    from service.app import Kurslog
    from tests.conftest import Scribe, at

    Scribe(app).begin(visibility="public")
    with databases.one() as name:
        url = at(server, name)
        other = Kurslog(dataclasses.replace(app.settings, home=tmp_path / "other", database_url=url), url)
        other.projector.catch_up()
        yield app, other
        other.close()


def knows(web):
    return web.test_client().get("/p/fabelby").status_code == 200


def test_an_application_answers_for_one_log_after_another(two):
    webs, used = Webs(), []
    for kurslog, known in zip(two, (True, False), strict=True):
        with webs.one(kurslog) as web:
            used.append(web)
            assert (knows(web), web.test_client().get("/readyz").json["checks"]["worker"]["lag_events"]) == (
                known,
                known,
            )
    assert used[0] is used[1]


def test_two_at_once_are_two_also_where_one_was_used_before(two):
    webs = Webs()
    with webs.one(two[0]):
        pass
    with webs.one(two[0]) as first, webs.one(two[1]) as second:
        assert (knows(first), knows(second)) == (True, False)


def test_other_settings_have_another_application(app):
    webs = Webs()
    with webs.one(app) as web:
        assert web.test_client().get("/about", headers={"Host": "kurslog.example"}).status_code == 400
    app.settings = dataclasses.replace(app.settings, url="https://kurslog.example")
    with webs.one(app) as web:
        assert web.test_client().get("/about", headers={"Host": "kurslog.example"}).status_code == 200


def test_after_its_test_an_application_answers_for_nobody(app):
    with Webs().one(app) as web:
        pass
    with pytest.raises(AttributeError):
        web.extensions["kurslog"].dsn  # noqa: B018 - asking is what fails
