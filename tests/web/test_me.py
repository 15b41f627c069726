"""A participant's own page: what became of what they said, what is held, who read it, and what they may say of it."""

import io
import re
import uuid

import pypdf
import pytest

from domain.consenting import ConsentPurpose
from domain.correcting import effective
from domain.keeping import AccessRole
from service.frameworks import co_creation
from service.security.gate import Caller
from service.security.readlog import Use
from tests.web.test_evening import mended

P17, P18 = ({"kind": "participant", "ref": ref} for ref in ("p17", "p18"))
ME = "/p/fabelby/me"


@pytest.fixture
def village(scribe):
    """Two people in a group, an idea that became an action, and somebody else's words."""
    for ref, name in (("p17", "Mia Fiktiv"), ("p18", "Bo Opdigtet")):
        scribe.record("participant-registered", {"participant_id": ref, "name": name, "pseudonym": f"K{ref[1:]}Q"})
    scribe.record("group-formed", {"group_id": "g1", "title": "Stier og natur", "theme": "Natur"})
    scribe.record("group-joined", {"group_id": "g1", "participant_id": "p17"})
    said(scribe, "c1", "En bænk ved skovstien", P17, receipt="114")
    said(scribe, "c2", "Bo siger noget privat", P18)
    scribe.record(
        "decision-made",
        {
            "decision_id": "d1",
            "question": "Hvor skal bænken stå?",
            "options": [{"id": "o1", "text": "Ved skovstien"}],
            "chosen": "o1",
            "method": "consent",
            "taken_by": [{"actor": {"kind": "group", "ref": "g1"}}],
            "mandate": "Gruppen selv",
            "rationale": "Flere kan komme ud",
            "builds_on": ["c1"],
        },
    )
    scribe.record(
        "action-planned",
        {
            "action_id": "a1",
            "title": "Vi sætter en bænk",
            "aim": "At hvile",
            "sign_of_success": "Der sidder nogen",
            "owners": [{"kind": "group", "ref": "g1"}],
            "group_id": "g1",
            "starts": "2026-03-01",
            "due": "2026-06-01",
            "builds_on": ["d1"],
        },
    )
    scribe.app.projector.catch_up()
    return scribe


def said(scribe, ref, text, author, **more):
    data = {"contribution_id": ref, "kind": "idea", "text": text, "author": author, **more}
    return scribe.record("contribution-made", data).position


@pytest.fixture
def mia(village, signed_in):
    return signed_in("participant", "fabelby", participant="p17", account="a-mia")


def sent(client, address, page=ME, **data):
    token = re.search(r'name="form_token" value="(\w+)"', client.get(page).text)[1]
    return client.post(address, data={"form_token": token, **data})


def types(app):
    return [event.type for event in app.reader.walk("fabelby")]


def test_me_leads_to_the_page_in_ones_process(mia):
    assert mia.get("/me").headers["Location"] == ME


@pytest.mark.parametrize("address", ["/me", ME])
def test_whoever_has_no_participant_is_told_how_to_get_a_link(village, signed_in, address):
    page = signed_in("participant", "fabelby").get(address)
    assert page.status_code == 200
    assert "Sådan får du et link" in page.text


@pytest.mark.parametrize("page", ["readers", "held/who", "ask/erasure", "data.json", "data.pdf"])
def test_what_is_a_participants_alone_is_not_there_for_others(village, signed_in, page):
    assert signed_in("facilitator", "fabelby").get(f"{ME}/{page}").status_code == 404


def test_a_participant_of_another_process_has_no_page_here(village, signed_in):
    assert signed_in("participant", "andetsted", participant="p17").get(ME).status_code == 404


def test_what_became_of_what_i_said_who_decided_and_why(mia):
    page = mia.get(ME).text
    for words in (
        "K17Q",
        "<b>114</b>",
        "En bænk ved skovstien",
        "Den er blevet til en handling.",
        "Besluttet: Ved skovstien",
        "Stier og natur",
        "Flere kan komme ud",
        "Vi sætter en bænk",
    ):
        assert words in page
    assert "Bo siger noget privat" not in page
    assert "Bo Opdigtet" not in page
    assert 'class="timebar' not in page


def test_the_page_is_of_now_whatever_day_the_address_names(mia):
    assert "En bænk ved skovstien" in mia.get(f"{ME}?on=2026-01-02").text


def test_who_read_my_texts_is_told_by_day_and_part(mia, village):
    app = village.app
    assert "Ingen har læst dine tekster endnu" in mia.get(ME).text
    facilitator = Caller("a-facilitator", AccessRole.FACILITATOR, "fabelby")
    with app.reads.during(Use.PAGE):
        app.texts.of(facilitator, list(app.reader.walk("fabelby")))
    for page in (ME, f"{ME}/readers"):
        assert "En facilitator har læst to af dine tekster på siderne her" in mia.get(page).text


def test_reading_a_page_is_noted_and_reading_my_own_is_not(mia, village, signed_in):
    mia.get(ME)
    mia.get(f"{ME}/held/who")
    assert not village.app.reads.counts("fabelby", participant="p17")
    client = signed_in("facilitator", "fabelby", account="a-facilitator")
    client.get("/p/fabelby/contributions")
    (found,) = village.app.reads.counts("fabelby", participant="p17")
    assert (found.account, found.role, found.use, found.times) == ("a-facilitator", "facilitator", "page", 1)


def test_my_name_is_mine_to_see_and_to_mend(mia):
    page = mia.get(f"{ME}/held/who").text
    assert "Mia Fiktiv" in page
    assert "Bo Opdigtet" not in page
    position = re.search(r"/p/fabelby/log/(\d+)/correct", page)[1]
    assert "Mia Fiktiv" in mia.get(f"/p/fabelby/log/{position}/correct").text


def test_what_others_wrote_down_for_me_i_can_take_back(mia, village):
    held = f"{ME}/held/contributions"
    page = mia.get(held).text
    position = re.search(r'name="positions" value="(\d+)"', page)[1]
    answer = sent(mia, "/p/fabelby/undo", positions=position, back=held)
    assert answer.headers["Location"].startswith(held)
    assert "Trukket tilbage" in mia.get(held).text


def test_i_say_yes_and_no_each_purpose_by_itself(mia, village):
    sent(mia, f"{ME}/consent", purpose=["participate", "named-map"])
    assert village.app.rights.of("fabelby").person("p17").given == {"participate", "named-map"}
    assert re.search(r'value="named-map"[^>]*checked', mia.get(ME).text)
    sent(mia, f"{ME}/consent", purpose=["participate"])
    assert village.app.rights.of("fabelby").person("p17").given == {"participate"}


def test_a_switch_that_was_never_touched_says_no_to_nothing(mia, village):
    sent(mia, f"{ME}/consent", purpose=["named-map"])
    person = village.app.rights.of("fabelby").person("p17")
    assert (person.given, person.withdrawn) == ({"named-map"}, frozenset())


def test_the_same_switches_saved_twice_say_nothing_twice(mia, village):
    for _ in range(2):
        sent(mia, f"{ME}/consent", purpose=["participate", "assess"])
    assert types(village.app).count("consent-given.v1") == 1


def test_i_approve_my_quote_and_take_it_back_and_nobody_elses(mia, village):
    for ref, speaker in (("q1", P17), ("q2", P18)):
        village.record("quote-captured", {"quote_id": ref, "text": f"Skoven er vores {ref}", "speaker": speaker})
    page = mia.get(ME).text
    assert "Skoven er vores q1" in page
    assert "Skoven er vores q2" not in page
    assert sent(mia, f"{ME}/quotes/q2", do="approve").status_code == 404
    sent(mia, f"{ME}/quotes/q1", attribution="role", channel=["rapport"])
    approved = next(event for event in village.app.reader.walk("fabelby") if event.type == "quote-approved.v1")
    assert (approved.data.attribution, approved.data.channels, approved.author) == ("role", ("rapport",), "p17")
    assert "Tag din godkendelse tilbage" in mia.get(ME).text
    sent(mia, f"{ME}/quotes/q1", do="back")
    assert "Godkend de ord" in mia.get(ME).text


def test_erasure_says_what_goes_and_stays_is_asked_once_and_can_be_undone(mia, village):
    page = mia.get(f"{ME}/ask/erasure").text
    assert "Det går væk" in page
    assert "Det bliver" in page
    command = str(uuid.uuid4())
    for _ in range(2):
        answer = sent(mia, f"{ME}/ask/erasure", page=ME, command=command, text="")
    assert answer.headers["Location"] == f"{ME}?saved=erasure#out"
    assert types(village.app).count("erasure-requested.v1") == 1
    page = mia.get(ME).text
    assert "Der er ikke svaret endnu" in page
    assert "Du har bedt om det den" in mia.get(f"{ME}/ask/erasure").text
    position = re.search(r'name="positions" value="(\d+)"', page)[1]
    sent(mia, "/p/fabelby/undo", positions=position, back=ME)
    assert "Der er ikke svaret endnu" not in mia.get(ME).text


def test_the_answer_to_a_request_stands_on_the_page(mia, village):
    sent(mia, f"{ME}/ask/erasure", command=str(uuid.uuid4()))
    request = next(event for event in village.app.reader.walk("fabelby") if event.type == "erasure-requested.v1")
    data = {"request_id": request.data.request_id, "verdict": "partial", "ground": "Bilag gemmes i fem år"}
    village.record("erasure-decided", data, on=request.time.isoformat(), onbehalfof="p17")
    page = mia.get(ME).text
    assert "Du fik delvis ja." in page
    assert "Bilag gemmes i fem år" in page


def test_an_objection_needs_words_and_is_told(mia, village):
    answer = sent(mia, f"{ME}/ask/objection", text=" ")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    sent(mia, f"{ME}/ask/objection", text="Ikke til forskning", concerns="research")
    assert "Du gjorde indsigelse" in mia.get(ME).text
    assert village.app.rights.of("fabelby").person("p17").objections


def test_access_is_asked_for(mia, village):
    sent(mia, f"{ME}/ask/access", text="På papir")
    assert "Du bad om indsigt" in mia.get(ME).text


@pytest.mark.parametrize(
    ("address", "data"),
    [("ask/erasure", {}), ("consent", {"purpose": "assess"}), ("quotes/q1", {}), ("ask/nothing", {})],
)
def test_nothing_is_recorded_for_whoever_has_no_participant(village, signed_in, address, data):
    client = signed_in("facilitator", "fabelby")
    before = types(village.app)
    assert sent(client, f"{ME}/{address}", page="/", **data).status_code == 404
    assert types(village.app) == before


def test_my_data_is_whole_and_holds_nobody_elses_words(mia, village):
    answer = mia.get(f"{ME}/data.json")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert (told["participant"], told["mark"], told["fictional"]) == ("p17", "K17Q", True)
    texts = [one["data"].get("text") for one in told["entries"] if one["type"] == "contribution-made.v1"]
    assert texts == ["En bænk ved skovstien"]
    assert "Bo" not in answer.text


@pytest.mark.parametrize("link", ["p17", "p41"])
def test_two_registrations_of_one_person_are_one_person_here(village, signed_in, link):
    also = {"kind": "participant", "ref": "p41"}
    village.record("participant-registered", {"participant_id": "p41", "name": "Mia F. Fiktiv", "pseudonym": "K41Q"})
    village.record("group-joined", {"group_id": "g1", "participant_id": "p41"})
    said(village, "c41", "En gynge ved hallen", also)
    village.record("quote-captured", {"quote_id": "q41", "text": "Hallen er vores", "speaker": also})
    village.app.projector.catch_up()
    client = signed_in("participant", "fabelby", participant=link, account="a-mia")
    words = ("En bænk ved skovstien", "En gynge ved hallen")
    assert [one in client.get(ME).text for one in words] == [link == "p17", link == "p41"]
    village.record("participants-merged", {"participant_id": "p17", "duplicate_id": "p41"})
    village.app.projector.catch_up()
    facilitator = Caller("a-facilitator", AccessRole.FACILITATOR, "fabelby")
    with village.app.reads.during(Use.PAGE):
        village.app.texts.of(facilitator, list(village.app.reader.walk("fabelby")))
    page = client.get(ME).text
    assert [one in page for one in (*words, "Hallen er vores")] == [True] * 3
    assert page.count("Stier og natur") >= 1
    assert {one["participant"] for one in client.get(f"{ME}/data.json").json["reads"]} == {"p17", "p41"}
    told = client.get(f"{ME}/data.json").text
    assert all(one in told for one in (*words, "Mia Fiktiv", "Mia F. Fiktiv", "Hallen er vores"))
    assert "Bo " not in told
    sent(client, f"{ME}/quotes/q41", attribution="role", channel=["rapport"])
    assert "Tag din godkendelse tilbage" in client.get(ME).text


@pytest.fixture
def merged(village, signed_in):
    """Mia, who was registered twice, by the link of one of her numbers; and her entry under the other."""
    other = {"p17": "p41", "p41": "p17"}
    village.record("participant-registered", {"participant_id": "p41", "name": "Mia F. Fiktiv"})

    def by(link, *, one=True):
        entry = said(village, "c41", "En gynge ved hallen", {"kind": "participant", "ref": other[link]})
        if one:
            village.record("participants-merged", {"participant_id": "p17", "duplicate_id": "p41"})
        village.app.projector.catch_up()
        return signed_in("participant", "fabelby", participant=link, account="a-mia"), other[link], entry

    return by


@pytest.mark.parametrize("link", ["p17", "p41"])
def test_who_is_one_person_mends_what_was_written_under_either_number(village, merged, link):
    client, _, entry = merged(link)
    page = client.get(f"{ME}/held/contributions").text
    assert f"/log/{entry}/correct" in page
    answer = mended(client, entry, {"data.text": "To gynger ved hallen"})
    assert answer.status_code == 303
    village.app.projector.catch_up()
    assert "To gynger ved hallen" in client.get(f"{ME}/held/contributions").text
    sent(client, "/p/fabelby/undo", positions=str(entry), back=ME)
    assert "Trukket tilbage" in client.get(f"{ME}/held/contributions").text


@pytest.mark.parametrize("link", ["p17", "p41"])
def test_who_is_not_one_person_mends_nothing_of_another_number(village, merged, link):
    client, _, entry = merged(link, one=False)
    assert f"/log/{entry}/correct" not in client.get(f"{ME}/held/contributions").text
    assert client.get(f"/p/fabelby/log/{entry}/correct").status_code == 404


def test_a_merger_that_was_taken_back_opens_nothing(village, merged, signed_in):
    client, _, entry = merged("p17")
    (merger,) = village.app.reader.walk("fabelby", types=["participants-merged.v1"])
    village.record("event-withdrawn", {"target": str(merger.id), "reason": "det var en anden"})
    village.app.projector.catch_up()
    assert client.get(f"/p/fabelby/log/{entry}/correct").status_code == 404


def switches(client):
    found = re.findall(r'<input[^>]*name="purpose"[^>]*>', client.get(ME).text)
    return {re.search(r'value="([^"]+)"', one)[1] for one in found if "checked" in one}


@pytest.mark.parametrize("link", ["p17", "p41"])
def test_the_switches_of_one_person_show_and_move_what_either_number_said(village, merged, link):
    client, other, _ = merged(link)
    words = {"participant_id": other, "text_version": "2026-1"}
    village.record("consent-given", {**words, "purposes": ["photo", "quote-named"]})
    village.record("consent-withdrawn", {**words, "purposes": ["quote-named"]})
    village.record("consent-given", {**words, "participant_id": link, "purposes": ["quote-named"]})
    assert {"photo", "quote-named"} & switches(client) == {"photo"}

    sent(client, f"{ME}/consent", purpose=["quote-named"], command=str(uuid.uuid4()))

    rights = village.app.rights.of("fabelby")
    assert rights.allows(link, ConsentPurpose.QUOTE_NAMED)
    assert not rights.allows(link, ConsentPurpose.PHOTO)
    assert {"photo", "quote-named"} & switches(client) == {"quote-named"}
    before = types(village.app)
    sent(client, f"{ME}/consent", purpose=sorted(switches(client)), command=str(uuid.uuid4()))
    assert types(village.app) == before


@pytest.mark.parametrize(
    ("lang", "language", "title", "group"),
    [
        ("da", "da-DK", "Det ved vi om dig", "Det, du har sagt og skrevet"),
        ("en", "en-GB", "What we hold about you", "What you said and wrote"),
    ],
)
def test_my_data_can_be_read_as_pages_also_by_who_listens(mia, lang, language, title, group):
    answer = mia.get(f"{ME}/data.pdf?lang={lang}")
    pdf = pypdf.PdfReader(io.BytesIO(answer.data))
    root, text = pdf.trailer["/Root"], "".join(page.extract_text() for page in pdf.pages)
    assert (root["/Lang"], pdf.metadata.title, root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        language,
        title,
        True,
    )
    said = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1<", said)
    assert re.search(r"<pdfaid:part>3<.*<pdfaid:conformance>A<", said)
    tags = list(tagged(root["/StructTreeRoot"]["/K"]))
    kinds = [one["/S"] for one in tags]
    assert kinds.count("/Title") == 1
    assert kinds.index("/Title") < kinds.index("/H1") < kinds.index("/H2")
    heads = [(one["/S"], one["/T"].replace("\xa0", " ")) for one in tags if one["/S"] in {"/H1", "/H2"}]
    assert ("/H1", group) in heads
    assert heads[heads.index(("/H1", group)) + 1][0] == "/H2"
    where = [text.replace("\xa0", " ").index(one) for one in (title, *(head for _, head in heads if head != title))]
    assert where == sorted(where)
    told = [place for one in tags for place in drawn(one)]
    assert told == sorted(told)
    assert len(told) > 20
    columns = [one for one in tags if one["/S"] == "/TH"]
    assert columns
    assert all(one["/A"][0]["/Scope"] == "/Column" for one in columns)
    assert "En bænk ved skovstien" in text
    assert "Bo Opdigtet" not in text


def tagged(kids):
    """Yield the elements of a PDF's structure in the order in which they are told."""
    for one in (kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])):
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from tagged(one.get("/K", []))


def drawn(element):
    """Yield where the element's own content is drawn: the page, and its place among what is drawn there."""
    kids = element.get("/K", [])
    for one in (kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])):
        if isinstance(one, int):
            yield element["/Pg"]["/StructParents"], one
        elif isinstance(one, dict) and one.get("/Type") == "/MCR":
            yield one.get("/Pg", element.get("/Pg"))["/StructParents"], one["/MCID"]


@pytest.mark.parametrize(("lang", "word"), [("da", "hvad så"), ("en", "so what")])
def test_the_steps_of_what_i_learned_are_named_in_words_here_and_in_the_log(mia, village, lang, word):
    steps = [{"name": "what", "text": "Vi mødtes"}, {"name": "so-what", "text": "Flere kom"}]
    data = {"reflection_id": "r1", "format": "what-so-what-now-what", "steps": steps, "by": P17, "about": []}
    position = village.record("reflection-recorded", data).position
    village.app.projector.catch_up()
    for path in (f"{ME}/held/contributions", f"/p/fabelby/log/{position}"):
        page = mia.get(f"{path}?lang={lang}").text
        assert f">{word}<" in re.sub(r"\s*([<>])\s*", r"\1", page)
        assert ">so-what<" not in page


# ------------------------------------------------------------------ a round that waits
ITEMS = ("s1", "s2", "t1", "t2", "m1", "m2", "h1")
ROUND = {"instrument_id": "samskabelse-8", "version": 1, "eligible": ["p17", "p18"]}


@pytest.fixture
def asked(village):
    """A round before and one after, open for both; return what somebody's form says of a round."""
    ready = co_creation()
    village.record("role-assumed", {"participant_id": "p17", "role": "citizen"})
    village.record("competence-framework-published", ready.framework)
    village.record("instrument-published", ready.instrument)
    for moment in ("before", "after"):
        village.record("assessment-round-opened", {**ROUND, "round_id": moment, "moment": moment})

    def answer(client, of, step, items=ITEMS, **more):
        page = f"{ME}/rounds/{of}"
        return sent(client, page, page=page, **dict.fromkeys(items, step), **more)

    return answer


def given(app, of, frame="now"):
    """Return what stands as p17's answer: its steps by item, and the entry."""
    stored = effective(app.reader.things("fabelby", [f"answers/{of}/p17/{frame}"]))
    return ({one.item: one.value for one in stored[-1].data.answers}, stored[-1]) if stored else ({}, None)


def test_a_round_that_waits_stands_on_my_page_until_i_answered_it(mia, village, asked):
    page = mia.get(ME).text
    assert page.count("En runde venter på dig") == 2
    assert "syv spørgsmål" in page.lower()
    place = asked(mia, "before", "3").location
    assert place.startswith(f"{ME}/rounds/before?saved=")
    seen = mia.get(place).text
    assert "Tak for dit svar" in seen
    assert seen.count("<b>3</b>") == len(ITEMS)
    answers, entry = given(village.app, "before")
    assert (answers, entry.onbehalfof, entry.data.mode, entry.data.role) == (
        dict.fromkeys(ITEMS, 3), "p17", "online", "citizen",
    )  # fmt: skip
    page = mia.get(ME).text
    assert page.count("En runde venter på dig") == 1
    assert "Se, hvad du svarede" in page


def test_i_leave_and_come_back_to_what_i_had_answered(mia, village, asked):
    assert asked(mia, "before", "4", ITEMS[:2]).status_code == 422
    assert asked(mia, "before", "4", ITEMS[:2], later="1").location == f"{ME}?saved=answers"
    assert given(village.app, "before")[0] == {"s1": 4, "s2": 4}
    assert "Du mangler fem spørgsmål." in re.sub(r"\s+", " ", mia.get(ME).text)
    assert mia.get(f"{ME}/rounds/before").text.count("checked") == 2
    asked(mia, "before", "5")
    assert given(village.app, "before")[0] == dict.fromkeys(ITEMS, 5)
    assert "Du mangler" not in mia.get(ME).text


def test_the_facilitator_sees_that_i_began_and_am_not_finished_never_what(village, asked, signed_in):
    def seen_after(*said, **more):
        mia = signed_in("participant", "fabelby", participant="p17", account="a-mia")
        asked(mia, "before", *said, **more)
        village.app.projector.catch_up()
        page = signed_in("facilitator", "fabelby", account="a-facilitator").get("/p/fabelby/rounds").text
        return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))

    page = seen_after("4", ITEMS[:2], later="1")
    assert page.count("begyndt den") == 1
    assert "Én er begyndt og ikke færdig. Det tæller først, når det hele er sendt." in page
    assert "0 af 2 har svaret." in page
    page = seen_after("5")
    assert "1 af 2 har svaret." in page
    assert "begyndt" not in page


def test_nothing_answered_saves_nothing(mia, village, asked):
    answer = asked(mia, "before", "", later="1")
    assert (answer.status_code, "Svar på mindst ét spørgsmål først." in answer.text) == (422, True)
    assert given(village.app, "before")[1] is None


def test_now_leads_on_to_then_and_both_are_mine_to_correct_and_take_back(mia, village, asked):
    place = asked(mia, "after", "4").location
    assert place.startswith(f"{ME}/rounds/after?frame=then&saved=")
    then = f"{ME}/rounds/after?frame=then"
    sent(mia, then, page=then, **dict.fromkeys(ITEMS, "2"))
    assert given(village.app, "after", "then")[0] == dict.fromkeys(ITEMS, 2)
    sent(mia, then, page=f"{then}&correct=1", **dict.fromkeys(ITEMS, "1"))
    answers, entry = given(village.app, "after", "then")
    assert answers == dict.fromkeys(ITEMS, 1)
    sent(mia, "/p/fabelby/undo", page=ME, positions=str(entry.position), back=then)
    assert given(village.app, "after", "then")[1] is None
    assert "Der er en side til i runden" in mia.get(ME).text


def test_nobody_sees_or_writes_anothers_sheet(mia, village, asked, signed_in):
    assert asked(mia, "before", "3").status_code == 303
    village.record("assessment-round-opened", {**ROUND, "round_id": "others", "moment": "before", "eligible": ["p18"]})
    assert mia.get(f"{ME}/rounds/others").status_code == 404
    assert mia.get("/p/fabelby/rounds/before/p18").status_code == 404
    bo = signed_in("participant", "fabelby", participant="p18", account="a-bo")
    assert "checked" not in bo.get(f"{ME}/rounds/before").text
    facilitator = signed_in("facilitator", "fabelby", account="a-facilitator")
    assert facilitator.get(f"{ME}/rounds/before").status_code == 404
    assert "checked" not in facilitator.get("/p/fabelby/rounds/before/p17?correct=1").text


def test_whoever_has_no_role_is_told_whom_to_ask(village, asked, signed_in):
    bo = signed_in("participant", "fabelby", participant="p18", account="a-bo")
    assert "Sig det til din facilitator" in bo.get(f"{ME}/rounds/before").text
    facilitator = signed_in("facilitator", "fabelby", account="a-facilitator")
    assert "Skriv rollen ind" in facilitator.get("/p/fabelby/rounds/before/p18").text


def test_a_closed_round_waits_for_nobody(mia, village, asked):
    village.record("assessment-round-closed", {"round_id": "after"})
    assert mia.get(ME).text.count("En runde venter på dig") == 1
    assert "Der kan ikke svares mere." in mia.get(f"{ME}/rounds/after").text


def test_who_said_no_to_being_asked_is_not_reminded(mia, asked):
    sent(mia, f"{ME}/consent", purpose=["assess"])
    assert "En runde venter på dig" in mia.get(ME).text
    sent(mia, f"{ME}/consent", purpose=["participate"])
    assert "En runde venter på dig" not in mia.get(ME).text
