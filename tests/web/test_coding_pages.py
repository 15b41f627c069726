"""Coding pages: a passage by its characters, blind until done, then side by side; retracted, settled, counted."""

import re

import pytest

from projections.measures.agreement import interval_of_kappa
from service.frameworks import co_creation
from service.web.passages import Span, marked, sentences
from tests.conftest import Scribe

TEXT = "Vi spurgte naboerne først. Så ventede vi på kommunen. 🪑 Bænken står der nu."
FIRST = (0, 26)
BOOK = {
    "codebook_id": "kodebog",
    "version": 1,
    "codes": [
        {"id": "asks", "title": "Spørger først", "definition": "Spørger, før der handles", "competence_id": "co-creating"},
        {"id": "waits", "title": "Venter", "definition": "Venter på andre", "competence_id": "acting", "direction": "lacks"},
    ],
}  # fmt: skip


@pytest.fixture
def texts(app, scribe):
    """A codebook, a reflection of two steps and a contribution, by participants."""
    for who in ("p1", "p2"):
        scribe.record("participant-registered", {"participant_id": who, "name": f"Ægir Påfund {who}"})
    scribe.record("codebook-published", BOOK)
    steps = [{"name": "what", "text": TEXT}, {"name": "now-what", "text": "Vi spørger igen."}]
    reflection = {"reflection_id": "r1", "format": "free", "steps": steps, "by": {"kind": "participant", "ref": "p1"}}
    scribe.record("reflection-recorded", reflection, on="2026-02-02T12:00:00Z")
    said = {"contribution_id": "c1", "kind": "idea", "text": "En bænk mere."}
    scribe.record("contribution-made", {**said, "author": {"kind": "participant", "ref": "p2"}})
    app.projector.catch_up()
    return {event.subject: event for event in app.reader.walk("fabelby")}


class Coder:
    """An evaluator with an account of their own at the desk."""

    def __init__(self, app, client, signed_in, account):
        self.app, self.client, self.signed_in, self.account = app, client, signed_in, account

    def get(self, path, **more):
        return self.signed_in("evaluator", account=self.account).get(f"/p/fabelby/coding{path}", **more)

    def page(self, path):
        answer = self.get(path)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def send(self, entry, do, *, again=None, **typed):
        page = again or self.page(f"/{entry.id}")
        hidden = {
            name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("form_token", "command")
        }
        answer = self.client.post(f"/p/fabelby/coding/{entry.id}", data={**hidden, "do": do, **typed})
        self.app.projector.catch_up()
        return answer

    def code(self, entry, code="asks", field="steps.0.text", start=FIRST[0], end=FIRST[1], **more):
        return self.send(entry, "code", field=field, start=str(start), end=str(end), code=code, **more)

    def done(self, entry):
        return self.send(entry, "done")


@pytest.fixture
def coder(app, client, signed_in):
    return lambda account: Coder(app, client, signed_in, account)


@pytest.fixture
def ann(coder):
    return coder("a-ann")


@pytest.fixture
def bo(coder):
    return coder("a-bo")


def recorded(app, stem):
    return list(app.reader.walk("fabelby", types=[f"{stem}.v1"]))


# ------------------------------------------------------------------ passages
def test_the_pieces_of_a_text_are_the_text():
    spans = [Span(0, 26, 1), Span(10, 53, 2)]

    found = marked(TEXT, spans)

    assert "".join(piece.text for piece in found) == TEXT
    assert [piece.numbers for piece in found] == [(1,), (1, 2), (2,), ()]
    assert [piece.ending for piece in found] == [(), (1,), (2,), ()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, ["Vi spurgte naboerne først.", "Så ventede vi på kommunen.", "🪑 Bænken står der nu."]),
        ("Først så\r\nog så mere", ["Først så", "og så mere"]),
        ("“Hvorfor?” spurgte hun.", ["“Hvorfor?”", "spurgte hun."]),
        ("  ", []),
    ],
)
def test_sentences_lie_where_they_are_said_to(text, said):
    found = sentences(text)

    assert [words for _, _, words in found] == said
    assert [text[start:end] for start, end, _ in found] == said


# ------------------------------------------------------------------ coding
def test_a_passage_is_coded_by_its_characters(app, texts, ann):
    answer = ann.code(texts["reflection/r1"], start=54, end=74)

    assert answer.status_code == 303
    [made] = recorded(app, "passage-coded")
    target = texts["reflection/r1"]
    assert (made.data.start, made.data.end, made.data.code, made.data.blind) == (54, 74, "asks", True)
    assert (made.data.target, made.data.field) == (str(target.id), "steps.0.text")
    assert made.data.text_commitment == target.data.steps[0].text.value.sha256
    assert made.recordedby == "a-ann"
    page = ann.page(f"/{target.id}")
    assert '<mark data-n="1">🪑 Bænken står der nu</mark>.' in page


@pytest.mark.parametrize(
    ("start", "end"), [("", ""), ("5", "5"), ("9", "3"), ("0", "77"), ("-1", "4"), ("²", "4"), ("0", "9" * 30)]
)
def test_without_a_passage_nothing_is_coded_and_the_page_says_what_to_do(app, texts, ann, start, end):
    answer = ann.code(texts["reflection/r1"], start=start, end=end)

    assert answer.status_code == 422
    assert "Vælg et stykke af teksten først" in answer.get_data(as_text=True)
    assert recorded(app, "passage-coded") == []


def test_sent_twice_it_is_one_coding(app, texts, ann):
    entry = texts["reflection/r1"]
    page = ann.page(f"/{entry.id}")

    for _ in range(2):
        assert ann.code(entry, again=page).status_code == 303

    assert len(recorded(app, "passage-coded")) == 1


def test_a_code_that_is_not_in_the_codebook_is_refused_in_words(app, texts, ann):
    answer = ann.code(texts["reflection/r1"], code="dances")

    assert answer.status_code == 422
    assert "Koden dances står ikke i den version af kodebogen" in answer.get_data(as_text=True)


def test_a_text_that_was_mended_meanwhile_is_marked_anew(app, scribe, texts, ann):
    entry = texts["contribution/c1"]
    page = ann.page(f"/{entry.id}")
    ann.code(entry, field="text", start=0, end=7)
    change = {"field": "text", "text": "En helt anden bænk."}
    scribe.record("event-corrected", {"target": str(entry.id), "fields": [change], "reason": "en slåfejl"})
    app.projector.catch_up()

    after = ann.page(f"/{entry.id}")

    assert "<mark" not in after
    assert "teksten er ændret siden" in after
    assert page != after


def test_a_line_break_is_one_character_or_two_as_it_was_written(app, scribe, texts, ann):
    scribe.contribute("c2", text="Først\r\nså")
    app.projector.catch_up()
    entry = list(app.reader.walk("fabelby"))[-1]

    assert "Først&#13;\nså" in ann.page(f"/{entry.id}")


def test_ones_own_coding_is_taken_back_and_still_told(app, texts, ann, bo):
    entry = texts["reflection/r1"]
    ann.code(entry)
    [made] = recorded(app, "passage-coded")

    assert bo.send(entry, "retract", coding=made.data.coding_id).status_code == 404
    assert ann.send(entry, "retract", coding=made.data.coding_id).status_code == 303

    page = ann.page(f"/{entry.id}")
    assert "trukket tilbage" in page
    assert "<mark" not in page


# ------------------------------------------------------------------ blind, then side by side
def test_what_others_coded_is_hidden_until_one_is_done(app, texts, ann, bo):
    entry = texts["reflection/r1"]
    ann.code(entry)
    assert "Vi spurgte naboerne først.</q>" in ann.page(f"/{entry.id}")
    assert "<mark" not in bo.page(f"/{entry.id}")

    bo.code(entry, "waits", start=11, end=52)
    assert "koder A" not in bo.page(f"/{entry.id}")
    bo.done(entry)

    page = bo.page(f"/{entry.id}")
    assert "koder A" in page
    assert "Hvad står her?" in page
    assert [one.data.blind for one in recorded(app, "text-coded")] == [True, True]


def test_what_is_coded_with_the_others_in_sight_is_not_blind(app, texts, ann):
    entry = texts["reflection/r1"]
    ann.done(entry)
    ann.code(entry)

    assert [one.data.blind for one in recorded(app, "passage-coded")] == [False]
    assert "ikke blindt" in ann.page(f"/{entry.id}")


def test_who_saw_the_others_codings_by_an_older_version_is_not_blind_by_the_next(app, scribe, texts, ann, bo):
    entry = texts["reflection/r1"]
    bo.code(entry)
    ann.done(entry)
    scribe.record("codebook-published", {**BOOK, "version": 2})
    app.projector.catch_up()

    assert "koder A" not in ann.page(f"/{entry.id}")
    ann.code(entry)
    ann.done(entry)
    bo.code(entry)

    assert [one.data.blind for one in recorded(app, "passage-coded")] == [True, False, True]
    assert [one.data.blind for one in recorded(app, "text-coded")] == [True, True, False, False]


def test_a_text_is_finished_once(app, texts, ann):
    entry = texts["reflection/r1"]
    ann.done(entry)

    assert ann.done(entry).status_code == 422
    assert len(recorded(app, "text-coded")) == 2  # one for each step


@pytest.fixture
def differing(app, texts, ann, bo):
    """A reflection that two have read to the end, and differ about."""
    entry = texts["reflection/r1"]
    ann.code(entry)
    bo.code(entry, "waits", start=11, end=52)
    for one in (ann, bo):
        one.done(entry)
    return entry


def test_a_difference_is_settled_and_both_readings_are_kept(app, differing, ann):
    made = [one.data.coding_id for one in recorded(app, "passage-coded")]

    answer = ann.send(differing, "settle", codings=" ".join(made), code="asks", reason="De spurgte.")

    assert answer.status_code == 303
    [settled] = recorded(app, "coding-adjudicated")
    assert (settled.data.codings, settled.data.code) == (tuple(made), "asks")
    page = ann.page(f"/{differing.id}")
    assert "Hvad står her?" not in page
    assert page.count("Afgjort:") == 2
    assert "De spurgte." in page
    assert "<b>Venter</b> · koder A" in page


@pytest.mark.parametrize("code", ["", "dances"])
def test_a_difference_is_settled_by_one_of_its_codes(app, differing, ann, code):
    made = [one.data.coding_id for one in recorded(app, "passage-coded")]

    answer = ann.send(differing, "settle", codings=" ".join(made), code=code)

    assert answer.status_code == 422
    assert "Vælg, hvilken kode der står." in answer.get_data(as_text=True)


def test_who_is_not_done_settles_nothing(app, differing, coder):
    made = [one.data.coding_id for one in recorded(app, "passage-coded")]

    assert coder("a-ida").send(differing, "settle", codings=" ".join(made), code="asks").status_code == 404


def test_agreement_says_over_how_many_texts_and_why_it_cannot_be_said(app, differing, ann):
    page = ann.page("/agreement")

    assert page.count("/figure/coding/agreement:kodebog:1:asks:n") == 1
    assert "50 % (1 af 2)" in page
    assert ">0,00<" in page  # one found it in one of two texts, the other in none: as much as chance
    assert ">kan ikke beregnes<" not in page
    assert page.count("usikkerheden kan ikke beregnes") >= 2  # half of what is drawn again from two texts says nothing


def test_beside_agreement_stands_between_what_it_may_lie(app, scribe, texts, ann):
    coder = {"kind": "role", "ref": "evaluator"}
    for at in range(12):
        (entry,) = app.reader.at([scribe.contribute(f"c-many-{at}").position])
        read = {"codebook_id": "kodebog", "version": 1, "target": str(entry.id), "field": "text"}
        read |= {"text_commitment": entry.data.text.value.sha256, "coder": coder}
        for account, finds in (("a-ann", at < 6), ("a-bo", at < 5)):
            by = Scribe(app, account=account)
            if finds:
                by.record(
                    "passage-coded", {**read, "coding_id": f"k-{at}-{account}", "start": 0, "end": 2, "code": "asks"}
                )
            by.record("text-coded", {**read, "reading_id": f"r-{at}-{account}"})
    app.projector.catch_up()
    found = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", ann.page("/agreement")))
    low, high = interval_of_kappa([(at < 6, at < 5) for at in range(12)]).ends
    assert f"mellem {low:.2f} og {high:.2f}".replace(".", ",") in found


@pytest.mark.parametrize("lang", ["da", "en"])
def test_with_one_coder_it_says_that_nothing_can_be_compared(app, texts, ann, lang):
    ann.code(texts["reflection/r1"])
    ann.done(texts["reflection/r1"])

    page = ann.page(f"/agreement?lang={lang}")

    assert {"da": "ingen tekst er læst til ende af to", "en": "no text was read to the end by two"}[lang] in page


# ------------------------------------------------------------------ whose texts
def test_a_coder_knows_people_by_tags(app, texts, ann):
    for path in ("", f"/{texts['reflection/r1'].id}"):
        assert "Påfund" not in ann.page(path)


@pytest.mark.parametrize("purpose", ["participate", "assess"])
def test_what_a_participant_took_back_is_gone_at_once(app, scribe, texts, ann, purpose):
    entry = texts["reflection/r1"]
    ann.code(entry)
    ann.done(entry)
    no = {"participant_id": "p1", "purposes": [purpose], "text_version": "2026-1"}
    scribe.record("consent-withdrawn", no, on="2026-03-01T12:00:00Z")
    app.projector.catch_up()

    assert ann.get(f"/{entry.id}").status_code == 404
    assert ann.get(f"/{entry.id}?on=2026-02-20").status_code == 404
    assert str(entry.id) not in ann.page("")
    assert "Bidrag c1" in ann.page("")
    data = app.queries.document(caller_of(ann), "fabelby", "coding", app.queries.clocks("fabelby"))["data"]
    assert (data["coded"]["value"], data["codings"], data["readings"]) == (0, [], [])


def caller_of(coder):
    from domain.keeping import AccessRole
    from service.security.gate import Caller

    return Caller(coder.account, AccessRole.EVALUATOR, "fabelby")


def test_a_list_of_texts_the_codebook_and_the_agreement_open_none_of_them(app, texts, ann):
    for path in ("", "/codebook", "/agreement"):
        ann.page(path)
    before = [one for one in app.reads.counts("fabelby") if one.account == "a-ann"]
    ann.page(f"/{texts['contribution/c1'].id}")

    assert before == []
    [read] = [one for one in app.reads.counts("fabelby") if one.account == "a-ann"]
    assert (read.participant, read.use) == ("p2", "coding")


def test_it_is_the_evaluators_alone(app, texts, signed_in):
    for role in ("facilitator", "project-manager", "researcher"):
        assert signed_in(role).get("/p/fabelby/coding").status_code == 404


def test_what_is_no_text_to_be_coded_is_not_there(app, texts, ann):
    assert ann.get(f"/{texts['codebook/kodebog'].id}").status_code == 404
    assert ann.get("/nonsense").status_code == 404


def test_a_long_list_is_shown_in_steps(app, scribe, texts, ann, monkeypatch):
    monkeypatch.setattr("service.web.coding.SHOWN", 1)

    first = ann.page("?kind=reflection"), ann.page("")

    assert "Vis flere" not in first[0]
    assert "Bidrag c1" not in first[1] or "Refleksion r1" not in first[1]
    assert "Tilbage til begyndelsen" in ann.page("?from=1")


# ------------------------------------------------------------------ codebooks
def test_a_codebook_calls_competences_by_their_names_and_opens_no_text(app, scribe, texts, ann):
    scribe.record("competence-framework-published", co_creation().framework)
    ann.code(texts["reflection/r1"])
    before = app.reads.counts("fabelby")

    assert "Samskabe" in ann.page("/codebook")
    assert app.reads.counts("fabelby") == before


def test_a_new_version_begins_with_the_codes_there_are(app, texts, ann):
    page = ann.page("/codebook")
    form = re.search(r'href="([^"]+/record/codebook-published\?[^"]+)"', page).group(1).replace("&amp;", "&")

    filled = ann.signed_in("evaluator", account="a-ann").get(form).get_data(as_text=True)

    assert 'value="2"' in filled
    assert 'value="Spørger først"' in filled
    assert "viser, at den mangler" in page


def test_with_several_codebooks_each_leads_to_the_texts_by_its_codes(app, scribe, texts, ann):
    assert "Læs teksterne efter denne" not in ann.page("/codebook")
    other = {
        "codebook_id": "anden",
        "version": 1,
        "codes": [{"id": "hopes", "title": "Håber", "definition": "Håber på noget"}],
    }
    scribe.record("codebook-published", other)
    app.projector.catch_up()
    client = ann.signed_in("evaluator", account="a-ann")

    def leading(page, to):
        return re.search(rf'href="([^"]*/coding{to}[^"]*)"', page)[1].replace("&amp;", "&")

    listed = client.get(leading(ann.page("/codebook"), r"\?book=kodebog")).text
    kept = client.get(leading(listed, r"\?kind=reflection")).text
    read = client.get(leading(kept, "/[0-9a-f-]{36}")).text
    assert ("Spørger først" in read, "Håber" in read) == (True, False)
    assert leading(read, r"\?kind=reflection").endswith("book=kodebog")


@pytest.mark.parametrize(("lang", "said"), [("da", "Der er ingen kodebog endnu"), ("en", "There is no codebook yet")])
def test_without_a_codebook_the_page_says_how_to_begin(app, scribe, ann, lang, said):
    app.projector.catch_up()

    assert said in ann.page(f"?lang={lang}")
    assert said in ann.page(f"/codebook?lang={lang}")
    assert {"da": "ikke registreret", "en": "not recorded"}[lang] in ann.page(f"/agreement?lang={lang}")
