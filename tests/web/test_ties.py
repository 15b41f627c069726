"""Asking a wave and reading its map, as the pages do it."""

import datetime as dt
import re
import threading
import uuid

import pytest

from domain.keeping import AccessRole
from domain.relating import NoRelationsDeclared, RelationDeclared
from service.wire import Sender, read_event
from tests import village
from tests.conftest import Scribe

FIVE = ["p1", "p2", "p3", "p43", "p57"]


def take_in(app, wires):
    now = dt.datetime.now(dt.UTC)
    sender = Sender(account="import", now=now)
    outcomes = app.records.take_in([read_event(one, "fabelby", sender) for one in wires], now=now)
    assert [one.refusal for one in outcomes if one.refusal] == []
    app.projector.catch_up()


@pytest.fixture
def five(app, scribe):
    """Five people of the village in three roles."""
    wanted = [one for one in village.people() if one["data"].get("participant_id", "p1") in FIVE]
    take_in(app, wanted)


@pytest.fixture
def asked(app, five):
    """Give the five an open wave with two questions."""
    take_in(app, [village.opened("w1", FIVE, kinds=("works-with", "knows"))])


def caught_up(app, client, path, data, *, seen=None):
    """Send a form while the projections follow the log; ``seen`` is the page the form stands on."""
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', client.get(seen or path).text)[1]
    done = threading.Event()

    def follow():
        while not done.is_set():
            app.projector.catch_up()
            done.wait(0.02)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        return client.post(path, data={"form_token": token, **data})
    finally:
        done.set()
        thread.join(timeout=10)


def standing(app, who="p1"):
    history = app.reader.entries("fabelby", [f"ties/w1/{who}"]).history(f"ties/w1/{who}")
    ties = {
        (one.data.to, one.data.kind.value): one.data.since for one in history if isinstance(one.data, RelationDeclared)
    }
    return ties, any(isinstance(one.data, NoRelationsDeclared) for one in history)


def answer(app, client, *, who="p1", key=None, **ticked):
    data = {"answer": key or str(uuid.uuid4())}
    data |= {name.replace("_", "."): value for name, value in ticked.items() if name != "works"}
    return caught_up(app, client, f"/p/fabelby/waves/w1/{who}", data | {"tie.works-with": ticked.get("works", [])})


# ------------------------------------------------------------------ opening and closing
def test_a_wave_is_opened_in_one_step_with_everybody_on_its_list(app, signed_in, five):
    client = signed_in()
    sent = caught_up(app, client, "/p/fabelby/waves", {"da": "Hvem?", "en": "Who?", "kind": ["works-with"], "cap": ""})
    assert sent.status_code == 303
    (event,) = app.reader.register("fabelby").history("wave/w1")
    assert set(event.data.roster) == set(FIVE)
    assert "Åbn den næste runde" not in client.get("/p/fabelby/waves").text


def test_opening_twice_is_one_wave(app, signed_in, five):
    client, typed = signed_in(), {"da": "Hvem?", "kind": ["works-with"], "event_id": str(uuid.uuid4())}
    places = [caught_up(app, client, "/p/fabelby/waves", typed).location for _ in range(2)]
    assert places[0] == places[1]
    assert not app.reader.register("fabelby").history("wave/w2")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"da": "Hvem?"}, "Vælg mindst ét spørgsmål."),
        ({"da": "", "kind": ["knows"]}, "højst 300 tegn"),
        ({"da": "Hvem?", "kind": ["knows"], "cap": "mange"}, "Skriv et tal fra 1 til 999"),
        ({"da": "Hvem?", "kind": ["knows"], "cap": "²"}, "Skriv et tal fra 1 til 999"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(app, signed_in, five, typed, said):
    sent = caught_up(app, signed_in(), "/p/fabelby/waves", typed)
    assert sent.status_code == 422
    assert said in sent.text
    assert f'value="{typed["da"]}"' in sent.text


def test_without_people_there_is_nobody_to_ask(app, signed_in, scribe):
    app.projector.catch_up()
    assert "Der er ingen at spørge endnu" in signed_in().get("/p/fabelby/waves").text


def test_a_closed_wave_takes_no_answers_and_can_be_closed_twice(app, signed_in, asked):
    client = signed_in()
    for _ in range(2):
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', client.get("/p/fabelby/waves").text)[1]
        assert client.post("/p/fabelby/waves/w1/close", data={"form_token": token}).status_code == 303
    app.projector.catch_up()
    assert "Runden er lukket" in client.get("/p/fabelby/waves/w1/p1").text
    assert standing(app) == ({}, False)


def test_participants_do_not_see_who_has_answered(signed_in, asked):
    client = signed_in("participant")
    assert client.get("/p/fabelby/waves").status_code == 404
    assert client.get("/p/fabelby/waves/w1/p1").status_code == 404


@pytest.mark.parametrize("path", ["/waves/w9/p1", "/waves/w1/p99", "/waves/w1/%00", "/waves/%20/p1"])
def test_a_wave_or_person_that_is_not_there_is_not_found(signed_in, asked, path):
    assert signed_in().get(f"/p/fabelby{path}").status_code == 404


# ------------------------------------------------------------------ answering
def test_a_whole_answer_is_one_command_and_the_second_click_the_same(app, signed_in, asked):
    client, key = signed_in(), str(uuid.uuid4())
    first = answer(app, client, key=key, works=["p2", "p43"])
    head = app.reader.head()
    again = answer(app, client, key=key, works=["p2", "p43"])
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert app.reader.head() == head
    assert standing(app) == ({("p2", "works-with"): None, ("p43", "works-with"): None}, False)


def test_opening_again_shows_what_was_answered(app, signed_in, asked):
    client = signed_in()
    answer(app, client, works=["p2"], **{"since.works-with.p2": "before"})
    page = client.get("/p/fabelby/waves/w1/p1").text
    assert re.search(r'value="p2"\s+checked', page)
    assert not re.search(r'value="p3"\s+checked', page)
    assert re.search(r'value="before"\s+selected', page)


def test_a_changed_answer_withdraws_mends_and_adds(app, signed_in, asked):
    client = signed_in()
    answer(app, client, works=["p2", "p3"])
    answer(app, client, works=["p3", "p43"], **{"since.works-with.p3": "during"})
    ties, _ = standing(app)
    assert {tie: since and since.value for tie, since in ties.items()} == {
        ("p3", "works-with"): "during",
        ("p43", "works-with"): None,
    }


def test_a_form_gone_back_to_and_changed_is_saved_as_it_then_is(app, signed_in, asked):
    client, key = signed_in(), str(uuid.uuid4())
    for named in (["p2"], ["p3"], ["p2"]):
        answer(app, client, key=key, works=named)
        assert list(standing(app)[0]) == [(named[0], "works-with")]


def test_none_yet_is_an_answer_that_gives_way_to_ties(app, signed_in, asked):
    client = signed_in()
    answer(app, client, none="1")
    assert standing(app) == ({}, True)
    answer(app, client, works=["p2"])
    assert standing(app) == ({("p2", "works-with"): None}, False)


def test_undo_brings_back_what_stood_before(app, signed_in, asked):
    client, key = signed_in(), str(uuid.uuid4())
    answer(app, client, works=["p2"])
    answer(app, client, key=key, works=["p3"])
    page = client.get("/p/fabelby/waves/w1/p1").text
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page)[1]
    for _ in range(2):
        sent = client.post("/p/fabelby/waves/w1/p1/undo", data={"form_token": token, "answer": key})
        assert sent.status_code == 303
    assert standing(app) == ({("p2", "works-with"): None}, False)


def test_what_was_undone_can_be_answered_again(app, signed_in, asked):
    client = signed_in()
    for key in (str(uuid.uuid4()), str(uuid.uuid4())):
        answer(app, client, works=["p2"])
        answer(app, client, key=key, works=["p3"])
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', client.get("/p/fabelby/waves/w1/p1").text)[1]
        client.post("/p/fabelby/waves/w1/p1/undo", data={"form_token": token, "answer": key})
    assert standing(app) == ({("p2", "works-with"): None}, False)


@pytest.mark.parametrize(
    ("ticked", "said"),
    [({}, "Sæt hak ved mindst én"), ({"works": ["p2"], "none": "1"}, "både personer og “ingen endnu”")],
)
def test_an_answer_that_says_nothing_or_both_is_given_back(app, signed_in, asked, ticked, said):
    sent = answer(app, signed_in(), **ticked)
    assert sent.status_code == 422
    assert said in sent.text
    assert bool(re.search(r'value="p2"\s+checked', sent.text)) is bool(ticked)
    assert standing(app) == ({}, False)


def test_more_than_was_asked_for_is_refused_in_words_and_the_ticks_stand(app, signed_in, five):
    take_in(app, [village.opened("w1", FIVE, cap=1)])
    sent = answer(app, signed_in(), works=["p2", "p3"])
    assert sent.status_code == 422
    assert "højst 1" in sent.text
    assert re.search(r'value="p3"\s+checked', sent.text)
    assert standing(app) == ({}, False)


def test_people_off_the_list_and_oneself_are_not_taken(app, signed_in, asked):
    answer(app, signed_in(), works=["p1", "p9", "p2"])
    assert standing(app)[0] == {("p2", "works-with"): None}


def test_an_answer_somebody_else_wrote_is_not_shown_nor_overwritten(app, signed_in, asked):
    take_in(app, [{**village.tie("w1", "p1", "p2"), "time": dt.datetime.now(dt.UTC).isoformat()}])
    client = signed_in()
    page = client.get("/p/fabelby/waves/w1/p1").text
    assert "har svaret. Svaret kan kun ses og rettes" in page
    assert "checked" not in page
    assert answer(app, client, who="p1", works=["p3"]).status_code == 404
    assert standing(app)[0] == {("p2", "works-with"): None}


def test_the_list_says_who_has_answered_and_never_what(app, signed_in, asked):
    client = signed_in()
    answer(app, client, works=["p2"])
    app.projector.catch_up()
    rows = re.findall(r"<li>.*?</li>", client.get("/p/fabelby/waves").text, re.DOTALL)
    told = {
        ref: "har svaret" in row for row in rows if (found := re.search(r"waves/w1/(p\d+)", row)) for ref in [found[1]]
    }
    assert told == {who: who == "p1" for who in FIVE}


# ------------------------------------------------------------------ the map
@pytest.fixture(scope="module")
def settled(server, template, tmp_path_factory):
    """The whole village, asked twice; nothing here writes."""
    import psycopg

    from service.app import Kurslog
    from service.settings import Settings
    from tests.conftest import at

    name = f"kurslog_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
    home = tmp_path_factory.mktemp("home")
    app = Kurslog(Settings(home=home, database_url=at(server, name), master_key_file=home / "k"), at(server, name))
    Scribe(app).begin()
    take_in(app, list(village.village()))
    yield app
    app.close()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def reader(settled, web_of):
    """Return a function that gives the client of somebody who reads the map."""
    return lambda role: reading(settled, web_of(settled).test_client(), role)


def reading(app, client, role):
    secret = app.tokens.create(
        role=AccessRole(role), process="fabelby", lasting=dt.timedelta(hours=1), kind="session", account=f"a-{role}"
    )
    client.set_cookie("kurslog_session", secret)
    return client


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("role", ["participant", "facilitator", "evaluator"])
def test_the_sentence_tells_how_many_ties_cross_roles_then_and_now(reader, role):
    page = plain(reader(role).get("/p/fabelby/relations").text)
    assert "I juni går 54 % af forbindelserne på tværs af roller. I februar var det 29 %" in page
    assert "Kortet viser grupper, ikke personer." in page


def test_it_speaks_english(reader):
    page = plain(reader("facilitator").get("/p/fabelby/relations?lang=en").text)
    assert "In June 54% of the ties cross roles. In February it was 29%" in page


def test_the_first_wave_is_a_link_away_and_stands_alone(reader):
    client = reader("facilitator")
    assert "wave=w1" in client.get("/p/fabelby/relations").text
    first = plain(client.get("/p/fabelby/relations?wave=w1").text)
    assert "I februar går 29 %" in first
    assert "ny siden" not in first


def test_as_of_march_there_is_one_wave_and_outside_no_map_was_published_then(reader):
    page = plain(reader("evaluator").get("/p/fabelby/relations?on=2026-03-01").text)
    assert "Der er spurgt én gang" in page
    assert "Juni" not in page
    assert "I februar går" not in plain(reader("facilitator").get("/p/fabelby/relations?on=2026-03-01").text)


@pytest.mark.parametrize("query", ["wave=nonsense", "kind=nonsense", "wave=%00"])
def test_a_wave_that_is_not_there_is_the_latest(reader, query):
    assert "I juni går" in plain(reader("facilitator").get(f"/p/fabelby/relations?{query}").text)


def test_every_number_opens(reader):
    client = reader("facilitator")
    page = client.get("/p/fabelby/relations").text
    links = sorted(set(re.findall(r'href="(/p/fabelby/figure/relationship-map/[^"]+)"', page)))
    assert len(links) > 20
    for link in links:
        opened = client.get(link)
        assert opened.status_code == 200, link
        assert "De er talt med" in opened.text or "registrering" in opened.text


def test_no_name_stands_on_the_map(reader):
    for role in ("facilitator", "evaluator"):
        page = reader(role).get("/p/fabelby/relations").text
        assert "Opdigtet p" not in page
        assert not re.search(r"\bp\d+\b", plain(page))


def test_the_evaluator_reads_the_small_numbers_and_others_do_not(reader):
    evaluator = plain(reader("evaluator").get("/p/fabelby/relations?wave=w1").text)
    team = plain(reader("facilitator").get("/p/fabelby/relations?wave=w1").text)
    assert "1 har svaret “ingen endnu”" in evaluator
    assert "vises ikke har svaret “ingen endnu”" in team


def test_nobody_asked_says_what_will_come(app, signed_in, scribe):
    app.projector.catch_up()
    page = signed_in().get("/p/fabelby/relations").text
    assert "Ingen er spurgt endnu" in page
    assert "Spørg nu" in page


def test_an_open_wave_says_how_far_it_is(app, signed_in, asked):
    page = plain(signed_in().get("/p/fabelby/relations").text)
    assert "Runden er i gang" in page
    assert "0 af 5 har svaret" in page


def test_few_answers_are_not_drawn_and_it_is_said_why(app, signed_in, asked):
    take_in(app, [{**village.none_yet("w1", who), "time": dt.datetime.now(dt.UTC).isoformat()} for who in FIVE[:4]])
    take_in(app, [{**village.tie("w1", "p57", "p1"), "time": dt.datetime.now(dt.UTC).isoformat()}])
    take_in(app, [{**village.closed("w1"), "time": dt.datetime.now(dt.UTC).isoformat()}])
    page = plain(signed_in().get("/p/fabelby/relations").text)
    assert "Der er for få svar til at vise forbindelserne" in page


def test_who_is_outside_is_told_that_it_is_for_those_inside(app, client, scribe):
    other = Scribe(app, "aabenby")
    other.begin(visibility="public")
    app.projector.catch_up()
    assert "vises kun for dem, der er med" in client.get("/p/aabenby/relations").text


# ------------------------------------------------------------------ on one's own page
ME = "/p/fabelby/me"
MINE = f"{ME}/waves/w1"


@pytest.fixture
def p1(signed_in, asked, scribe):
    """The phone of p1; of the others p2 and p43 said yes to being chosen by name."""
    for who in ("p2", "p43"):
        given = {"participant_id": who, "purposes": ["be-pickable"], "text_version": "1", "evidence": "på papir"}
        scribe.record("consent-given", given)
    return signed_in("participant", "fabelby", participant="p1", account="a-p1")


def mine(app, client, *works, **more):
    key, seen = more.pop("key", None) or str(uuid.uuid4()), more.pop("seen", None)
    return caught_up(app, client, MINE, {"answer": key, "tie.works-with": list(works), **more}, seen=seen)


def test_a_wave_that_waits_stands_on_my_page_until_i_answered_it(app, p1):
    assert "Et spørgsmål om andre venter på dig" in p1.get(ME).text
    place = mine(app, p1, "p2", **{"since.works-with.p2": "before"}).location
    assert place.startswith(f"{MINE}?saved=")
    assert "Tak for dit svar" in p1.get(place).text
    assert {tie: since.value for tie, since in standing(app)[0].items()} == {("p2", "works-with"): "before"}
    (entry,) = app.reader.entries("fabelby", ["ties/w1/p1"]).history("ties/w1/p1")
    assert (entry.onbehalfof, entry.recordedby, entry.visibility.value) == ("p1", "a-p1", "evaluators")
    page = p1.get(ME).text
    assert "Et spørgsmål om andre venter på dig" not in page
    assert "Se, hvad du svarede" in page


def test_i_choose_among_those_alone_who_said_yes_to_it_and_read_of_them_the_name_alone(app, p1):
    page = p1.get(MINE).text
    assert re.findall(r'name="tie.works-with"\s+value="(\w+)"', page) == ["p2", "p43"]
    assert "Opdigtet p2" in page
    assert "p3" not in re.sub(r"p43", "", page)
    mine(app, p1, "p2", "p3", "p1")
    assert standing(app)[0] == {("p2", "works-with"): None}


def test_where_nobody_can_be_chosen_nobody_is_made_to_say_none(app, asked, signed_in):
    p1 = signed_in("participant", "fabelby", participant="p1", account="a-p1")
    page = p1.get(MINE).text
    assert "Ingen på listen har sagt ja til at kunne vælges endnu." in page
    assert 'name="none"' not in page


def test_whom_i_named_before_stays_when_they_take_back_their_yes(app, p1, scribe):
    mine(app, p1, "p2", "p43")
    scribe.record("consent-withdrawn", {"participant_id": "p43", "purposes": ["be-pickable"]})
    page = p1.get(MINE).text
    assert "Opdigtet p43" not in page
    assert "en, du har nævnt før" in page
    mine(app, p1, "p43")
    assert standing(app)[0] == {("p43", "works-with"): None}


def test_none_yet_is_mine_to_say_to_correct_and_to_take_back(app, p1):
    mine(app, p1, none="1")
    assert standing(app) == ({}, True)
    assert re.search(r'name="none"\s+value="1"\s+checked', p1.get(MINE).text)
    mine(app, p1, "p43")
    assert standing(app) == ({("p43", "works-with"): None}, False)
    assert caught_up(app, p1, MINE + "/undo", {"all": "1"}, seen=MINE).status_code == 303
    assert standing(app) == ({}, False)
    assert "Et spørgsmål om andre venter på dig" in p1.get(ME).text


def test_undo_on_my_page_brings_back_what_stood(app, p1):
    key = str(uuid.uuid4())
    mine(app, p1, "p2")
    mine(app, p1, "p43", key=key)
    assert caught_up(app, p1, MINE + "/undo", {"answer": key}, seen=MINE).location.startswith(MINE)
    assert standing(app)[0] == {("p2", "works-with"): None}


def test_a_closed_wave_shows_me_what_i_said_and_takes_nothing_more(app, p1):
    mine(app, p1, "p2")
    take_in(app, [village.closed("w1") | {"time": dt.datetime.now(dt.UTC).isoformat()}])
    page = p1.get(MINE).text
    assert "Runden er lukket" in page
    assert "Opdigtet p2" in page
    assert 'name="tie.works-with"' not in page
    assert mine(app, p1, "p43", seen=ME).status_code == 422
    assert standing(app)[0] == {("p2", "works-with"): None}


def test_a_wave_i_am_not_on_the_list_of_is_not_there_for_me(app, p1, signed_in):
    take_in(app, [village.opened("w2", FIVE[1:])])
    assert p1.get(f"{ME}/waves/w2").status_code == 404
    assert p1.get(f"{ME}/waves/w9").status_code == 404
    assert "w2" not in p1.get(ME).text
    assert p1.get("/p/fabelby/waves/w1/p1").status_code == 404
    assert signed_in("facilitator", "fabelby").get(MINE).status_code == 404


def test_what_the_team_wrote_for_me_is_mine_to_see_and_correct(app, p1):
    take_in(app, [{**village.tie("w1", "p1", "p2"), "time": dt.datetime.now(dt.UTC).isoformat()}])
    assert re.search(r'value="p2"\s+checked', p1.get(MINE).text)
    mine(app, p1, "p43")
    assert standing(app)[0] == {("p43", "works-with"): None}


def test_who_said_no_to_being_asked_is_not_reminded_of_a_wave(p1, scribe):
    scribe.record("consent-withdrawn", {"participant_id": "p1", "purposes": ["assess"]})
    assert "Et spørgsmål om andre venter på dig" not in p1.get(ME).text
