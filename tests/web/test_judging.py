"""The evaluator's first screen, on the fictional twin and on a process with nothing in it."""

import datetime as dt

import pytest

from domain.keeping import AccessRole


@pytest.fixture
def signed_in(web_of):
    def sign_in(kurslog, role):
        client = web_of(kurslog).test_client()
        session = kurslog.tokens.create(role=role, process=None, lasting=dt.timedelta(hours=1), kind="session")
        client.set_cookie("kurslog_session", session)
        return client

    return sign_in


@pytest.fixture
def page(read_twin, signed_in):
    return signed_in(read_twin, AccessRole.EVALUATOR).get("/p/fabelby/evaluation").get_data(as_text=True)


def test_each_claim_stands_with_what_speaks_for_it_and_against_it(page):
    assert "Forløbet gav seks projekter." in page
    assert "Flere flytter til Fabelby." in page
    assert "tavst" in page


def test_who_has_answered_opens_to_the_answers(page):
    assert "/p/fabelby/figure/competence-uplift/answered:r-before:citizen" in page
    assert "/p/fabelby/figure/relationship-map/answered:b-1" in page


def test_what_was_agreed_late_and_what_contradicts_is_said(page):
    assert "aftalt eller ændret efter de første tal." in page
    assert "Noget taler både for og imod:" in page
    assert "vurderer sig selv lavere:" in page


def test_it_is_the_evaluators_alone_and_the_first_thing_they_meet(read_twin, signed_in):
    evaluator, facilitator = (signed_in(read_twin, role) for role in (AccessRole.EVALUATOR, AccessRole.FACILITATOR))

    assert facilitator.get("/p/fabelby/evaluation").status_code == 404
    assert "/p/fabelby/evaluation" in evaluator.get("/").get_data(as_text=True)
    assert "/p/fabelby/evaluation" not in facilitator.get("/p/fabelby").get_data(as_text=True)


@pytest.mark.parametrize("lang", ["da", "en"])
def test_where_nothing_is_recorded_it_says_so(app, scribe, signed_in, lang):
    app.projector.catch_up()
    answer = signed_in(app, AccessRole.EVALUATOR).get(f"/p/fabelby/evaluation?lang={lang}")

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count({"da": "ikke registreret", "en": "not recorded"}[lang]) >= 4
