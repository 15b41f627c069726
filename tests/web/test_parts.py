"""Long lists of people: so many at a time, in the order of their names, and no name in any address."""

import html
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest

from domain.keeping import AccessRole
from service.http import create_app
from service.log.scope import within
from service.security.gate import Caller
from service.web import people
from service.web.page import ProcessPage
from service.web.people import by_name, danish

NAMES = [f"{first} Fiktiv {at:02}" for at, first in enumerate(["Åse", "Bo", "Carl", "Ærlig", "Dorte", "Øjvind"] * 11)]
"""66 invented people; in Danish Æ, Ø and Å come last."""


HIDDEN = ("form_token", "event_id")


@pytest.fixture
def crowd(scribe):
    """Record more people than a page shows."""
    for at, name in enumerate(NAMES):
        scribe.record("participant-registered", {"participant_id": f"p{at}", "name": name})
    return scribe


def opened(client, path):
    answer = client.get(f"/p/fabelby/{path}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def ways(page, path):
    """The ways to the parts of the lists, as they stand in the page."""
    return list(dict.fromkeys(re.findall(rf'href="/p/fabelby/({path}\?[^"]*from=\d+[^"]*)"', page)))


def test_people_stand_fifty_at_a_time_in_the_order_of_their_names(crowd, signed_in):
    client = signed_in("facilitator")
    first = opened(client, "people")
    assert "Her står 1–50 af 66, efter navn." in first
    assert first.index("Bo Fiktiv 01") < first.index("Carl Fiktiv 02") < first.index("Dorte Fiktiv 04")
    (way,) = ways(first, "people")
    last = opened(client, way)
    assert "Her står 51–66 af 66, efter navn." in last
    shown = [[name for name in NAMES if f">{name}</th>" in page] for page in (first, last)]
    assert sorted(shown[0] + shown[1]) == sorted(NAMES)
    assert {name[:3] for name in shown[1]} <= {"Øjv", "Åse"}


def told(crowd, but=()):
    """Note that everybody has been told what is kept: a page names whoever has not."""
    for at in set(range(len(NAMES))) - set(but):
        given = {"participant_id": f"p{at}", "text_version": "1"}
        crowd.record("privacy-notice-given", given)


def noted(app):
    """The participants of whom it was noted that somebody read something."""
    with app.log.connection() as connection:
        return {row["participant"] for row in connection.execute("select participant from log.read_count")}


def asked(crowd, client):
    """Open a round and a wave for everybody."""
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', opened(client, "rounds"))[1] for name in HIDDEN}
    client.post("/p/fabelby/rounds", data={**hidden, "moment": "before"})
    roster = [f"p{at}" for at in range(len(NAMES))]
    wording = {"da": "Hvem arbejder du sammen med?", "en": "Whom do you work with?"}
    wave = {"wave_id": "w1", "roster": roster, "kinds": ["works-with"], "wording": wording}
    crowd.record("relationship-wave-opened", wave)
    crowd.app.projector.catch_up()


SHOWN = [("people", 50 + 2), ("links", 40 + 2), ("rights", 25 + 4), ("waves", 50 + 2), ("rounds", 50 + 2)]


@pytest.mark.parametrize(("path", "shown"), SHOWN)
def test_only_those_whose_names_the_page_shows_are_noted_to_have_been_read(crowd, signed_in, monkeypatch, path, shown):
    monkeypatch.setattr("service.web.links.MOST_SQUARES", 40)
    monkeypatch.setattr("service.web.record.WAIT_SECONDS", 0)  # no worker runs here
    told(crowd)
    client = signed_in("facilitator")
    asked(crowd, client)
    with crowd.app.log.connection() as connection:
        connection.execute("delete from log.read_count")
    page = opened(client, path)
    named = {f"p{at}" for at, name in enumerate(NAMES) if name in page}
    assert (len(named), noted(crowd.app)) == (shown, named)


def test_whoever_was_not_told_or_left_is_named_beside_the_list_and_noted(crowd, signed_in):
    """Both stand late in the order of names, and neither at the end of a way."""
    untold, left = 6, 12
    told(crowd, but=[untold])
    crowd.record("participant-left", {"participant_id": f"p{left}"})
    page = opened(signed_in("facilitator"), "people")
    assert NAMES[untold] in page
    assert NAMES[left] in page
    assert f">{NAMES[untold]}</th>" not in page
    assert {f"p{untold}", f"p{left}"} <= noted(crowd.app)


@pytest.mark.parametrize("path", ["people", "links", "rights"])
def test_whoever_is_registered_while_a_page_is_made_stands_last(crowd, signed_in, monkeypatch, path):
    """The register is shared by all threads: it can know somebody that the order of names, found before, does not."""
    monkeypatch.setattr("service.web.links.MOST_SQUARES", 40)
    client = signed_in("facilitator")
    opened(client, path)
    found = people.people_of

    def another(reader):
        with within("fabelby"):
            if not reader.register("fabelby").history("participant/p900"):
                crowd.record("participant-registered", {"participant_id": "p900", "name": "Aba Fiktiv"})
            reader.register("fabelby")

    def meanwhile(page, **how):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(another, page.kurslog.reader).result()
        return found(page, **how)

    for module in ("roster", "links", "rights"):
        monkeypatch.setattr(f"service.web.{module}.people_of", meanwhile)
    assert "af 67, efter navn." in opened(client, path)


def test_who_gets_another_name_stands_elsewhere_from_then_on(crowd, signed_in):
    told(crowd)
    client = signed_in("facilitator")
    assert ">Bo Fiktiv 01</th>" in opened(client, "people")
    registered = crowd.app.reader.register("fabelby").history("participant/p1")[0]
    fields = [{"field": "name", "text": "Åge Fiktiv"}]
    crowd.record("event-corrected", {"target": str(registered.id), "fields": fields, "reason": "tastefejl"})
    first = opened(client, "people")
    assert ">Åge Fiktiv</th>" not in first
    assert ">Åge Fiktiv</th>" in opened(client, ways(first, "people")[-1])


def test_whoever_knows_no_names_gets_no_order_by_them(crowd, signed_in, app):
    """The order of names says something of each: to an evaluator people are in the order of their numbers."""
    flask = create_app(app)
    numbers, found = [f"p{at}" for at in range(len(NAMES))], {}
    for role in (AccessRole.FACILITATOR, AccessRole.EVALUATOR):
        with flask.test_request_context("/p/fabelby/waves"), within("fabelby"):
            page = ProcessPage(app, Caller(f"a-{role}", role, "fabelby"), "da", "fabelby", None, None, None)
            found[role] = sorted(numbers, key=by_name(page))
    assert found[AccessRole.FACILITATOR] == sorted(numbers, key=lambda ref: danish(NAMES[int(ref[1:])]))
    assert found[AccessRole.EVALUATOR] == sorted(numbers)


def test_the_last_three_letters_come_after_z_and_in_their_order():
    assert sorted(["Åse", "Øjvind", "Zorro", "Ærlig", "Bo"], key=danish) == ["Bo", "Zorro", "Ærlig", "Øjvind", "Åse"]


def test_no_address_holds_a_name(crowd, signed_in):
    client = signed_in("facilitator")
    for path in ("people", "rights", "rounds"):
        addresses = re.findall(r'(?:href|action)="([^"]*)"', opened(client, path))
        assert addresses
        assert not [one for one in addresses if "Fiktiv" in unquote(one)]


@pytest.mark.parametrize("asked", ["from=5000", "from=-1", "from=x", "from=50&of=another"])
def test_a_place_that_is_not_there_is_the_beginning(crowd, signed_in, asked):
    assert "Her står 1–50 af 66" in opened(signed_in("facilitator"), f"people?{asked}")


def test_a_short_list_stands_whole_and_as_they_came(scribe, signed_in):
    for at, name in enumerate(("Øjvind Fiktiv", "Bo Fiktiv")):
        scribe.record("participant-registered", {"participant_id": f"p{at}", "name": name})
    page = opened(signed_in("facilitator"), "people")
    assert "Her står" not in page
    assert page.index("Øjvind Fiktiv") < page.index("Bo Fiktiv")


def test_what_is_said_on_paper_is_chosen_and_saved_in_a_later_part(crowd, signed_in):
    client = signed_in("facilitator")
    first = opened(client, "rights")
    assert "(66)" in first
    assert first.count('name="photo.') == 25
    part = opened(client, ways(first, "rights")[-1])
    who = re.search(r'name="photo\.(p\d+)"', part)[1]
    assert f'name="photo.{who}"' not in first
    action = re.search(r'action="/p/fabelby/(rights[^"]*from=50[^"]*)"', part)[1]
    token = re.search(r'name="form_token" value="([^"]+)"', part)[1]
    typed = {"form_token": token, "command": str(uuid.uuid4()), "do": "said"}
    refused = client.post(f"/p/fabelby/{action}", data={**typed, "day": "i går", f"photo.{who}": "yes"})
    assert refused.status_code == 422
    assert f'name="photo.{who}"' in refused.text
    assert client.post(f"/p/fabelby/{action}", data={**typed, f"photo.{who}": "yes"}).status_code == 303
    rights = crowd.app.rights.of("fabelby")
    assert [ref for ref in (f"p{at}" for at in range(66)) if rights.person(ref).said] == [who]
    assert "(65)" in opened(client, "rights")


def test_of_rounds_that_are_over_only_the_one_asked_about_lists_people(crowd, signed_in, monkeypatch):
    monkeypatch.setattr("service.web.record.WAIT_SECONDS", 0)  # no worker runs here
    client = signed_in("facilitator")

    def send(path, **typed):
        page = opened(client, "rounds")
        hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "event_id")}
        client.post(f"/p/fabelby/{path}", data={**hidden, **typed})
        crowd.app.projector.catch_up()

    for moment in ("before", "after"):
        send("rounds", moment=moment)
    opening = [event.data.round_id for event in crowd.app.reader.walk("fabelby", types=["assessment-round-opened.v1"])]
    send(f"rounds/{opening[0]}/close")
    page = opened(client, "rounds")
    assert page.count("Her står 1–50 af 66") == 1
    (who,) = set(re.findall(r'href="/p/fabelby/(rounds\?who=[^"#]*)#', page)) - set(ways(page, "rounds"))
    assert who.endswith(opening[0])
    both = opened(client, who)
    assert both.count("Her står 1–50 af 66") == 2
    later = next(way for way in ways(both, "rounds") if opening[0] in way)
    assert opened(client, later.partition("#")[0]).count("Her står 51–66 af 66") == 1


def test_links_are_made_for_those_a_list_shows_and_it_says_so(crowd, signed_in, monkeypatch):
    monkeypatch.setattr("service.web.links.MOST_SQUARES", 20)
    client = signed_in("facilitator")
    page = opened(client, "links")
    assert "Har intet link: 66" in page
    assert "højst 20 ad gangen" in " ".join(page.split())
    last = opened(client, ways(page, "links")[-1].partition("#")[0])
    token = re.search(r'name="form_token" value="([^"]+)"', last)[1]
    ticked = dict.fromkeys(re.findall(r'name="(who\.p\d+)"', last), "1")
    assert len(ticked) == 6
    client.post("/p/fabelby/links", data={"form_token": token, "do": "make", **ticked})
    after = opened(client, "links")
    assert "Har intet link: 60" in after
    assert "Har et link, der ikke er brugt: 6" in after
